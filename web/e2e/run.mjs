// npm run e2e -- [BASE_URL] [-t NAME]: the browser tests against a running server; without one, against the mock server and `dist`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));
const MOCK_PORT = '5198';

async function startMock() {
  if (!existsSync(`${web}/dist/index.html`)) {
    process.stderr.write('there is no dist/index.html: run `npm run build` first\n');
    process.exit(1);
  }
  const mock = spawn(process.execPath, ['dev/mock.mjs', '--port', MOCK_PORT], {
    cwd: web,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    mock.stdout.once('data', resolve);
    mock.once('exit', (code) => reject(new Error(`the mock server ended with ${code}`)));
  });
  return mock;
}

const isUrl = (text) => text.startsWith('http');
const given = process.argv.slice(2).find(isUrl);
const rest = process.argv.slice(2).filter((text) => !isUrl(text));
const mock = given ? null : await startMock();
const tests = spawn(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.e2e.config.ts', ...rest],
  { cwd: web, stdio: 'inherit', env: { ...process.env, WANGGE_URL: given ?? `http://127.0.0.1:${MOCK_PORT}` } },
);
tests.once('exit', (code) => {
  mock?.kill();
  process.exitCode = code ?? 1;
});
