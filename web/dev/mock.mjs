// A development server that answers by the HTTP contract from made-up records. Not shipped.
// node dev/mock.mjs [--port 5174] [--empty] [--public] [--fail METRIC] [--dist DIR]
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { records } from './mock/data.mjs';
import { answer } from './mock/routes.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5174' },
    empty: { type: 'boolean', default: false },
    public: { type: 'boolean', default: false },
    fail: { type: 'string' },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
  },
});

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const db = values.empty ? null : records();

function serveFile(path, response) {
  const wanted = join(values.dist, normalize(path === '/api/docs' ? '/api.html' : path));
  const file =
    wanted.startsWith(values.dist) && existsSync(wanted) && statSync(wanted).isFile()
      ? wanted
      : join(values.dist, 'index.html');
  if (!existsSync(file)) {
    response.writeHead(404).end('run `npm run build` first');
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://mock');
  if (!url.pathname.startsWith('/api/') || url.pathname === '/api/docs') {
    serveFile(decodeURIComponent(url.pathname), response);
    return;
  }
  const { status, type, body } = answer(db, url, { isPublic: values.public, fail: values.fail });
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache' }).end(body);
});

server.listen(Number(values.port), '127.0.0.1', () => {
  process.stdout.write(`mock server on http://127.0.0.1:${values.port}\n`);
});
