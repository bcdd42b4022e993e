/// <reference types="vite/client" />

declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface SwaggerOptions {
    spec: unknown;
    dom_id: string;
    deepLinking: boolean;
    docExpansion: 'list' | 'full' | 'none';
    validatorUrl: string | null;
  }
  export default function SwaggerUI(options: SwaggerOptions): void;
}
