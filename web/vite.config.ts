import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import elementPlus from 'unplugin-element-plus/vite';
import { defineConfig } from 'vitest/config';
import { thirdPartyNotices } from './dev/third-party';

const API = process.env['WANGGE_API'] ?? 'http://127.0.0.1:5174';
const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  plugins: [vue(), elementPlus({}), thirdPartyNotices()],
  build: {
    target: 'es2022',
    sourcemap: false,
    // MapLibre and the API page are one large file each; both are loaded once, from the same binary.
    chunkSizeWarningLimit: 1600,
    rollupOptions: { input: { index: page('index.html'), api: page('api.html') } },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: { '/api': API },
  },
  // WANGGE_API=http://127.0.0.1:8080 npx vite preview: what `npm run build` made, on the data of a running server.
  preview: {
    host: '127.0.0.1',
    port: 5175,
    proxy: { '/api': { target: API, bypass: ({ url }) => (url === '/api/docs' ? '/api.html' : undefined) } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node', css: true },
});
