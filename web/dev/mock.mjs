// A development server that answers by the HTTP contract from made-up records. Not shipped.
// node dev/mock.mjs [--port 5174] [--empty] [--public] [--fail METRIC] [--dist DIR] [--large]
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { records } from './mock/data.mjs';
import { enlarge } from './mock/geometry.mjs';
import { answer } from './mock/routes.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5174' },
    empty: { type: 'boolean', default: false },
    public: { type: 'boolean', default: false },
    fail: { type: 'string' },
    // A thousand grids, for measurements.
    large: { type: 'boolean', default: false },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
  },
});

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
if (values.large) enlarge(13, 13, 3);
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

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const text = Buffer.concat(parts).toString();
  return request.headers['content-type']?.includes('json') && text !== '' ? JSON.parse(text) : null;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://mock');
  if (!url.pathname.startsWith('/api/') || url.pathname === '/api/docs') {
    serveFile(decodeURIComponent(url.pathname), response);
    return;
  }
  const asked = { isPublic: values.public, fail: values.fail, method: request.method, body: await bodyOf(request) };
  const { status, type, body } = answer(db, url, asked);
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache' }).end(body);
});

server.listen(Number(values.port), '127.0.0.1', () => {
  process.stdout.write(`mock server on http://127.0.0.1:${values.port}\n`);
});
