// Fails if a locked package is under a licence that does not go with MIT OR Apache-2.0.
import { readFileSync } from 'node:fs';

const ALLOWED = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'Unlicense',
  'Python-2.0',
  'Zlib',
]);
/** File-level copyleft: fine for tools that are not shipped in the page. */
const ALLOWED_IN_TOOLS = new Set(['MPL-2.0']);

const isAllowed = (licence, dev) => ALLOWED.has(licence) || (dev && ALLOWED_IN_TOOLS.has(licence));

/** SPDX: every part of an AND, one part of an OR. */
function fits(expression, dev) {
  const text = expression.replace(/[()]/g, '').trim();
  return text
    .split(/\s+OR\s+/)
    .some((option) => option.split(/\s+AND\s+/).every((part) => isAllowed(part.trim(), dev)));
}

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const checked = Object.entries(packages).filter(([path]) => path !== '');
const refused = checked.filter(
  ([, entry]) => typeof entry.license !== 'string' || !fits(entry.license, entry.dev === true),
);

for (const [path, entry] of refused)
  process.stderr.write(`${path} ${entry.version}: ${entry.license ?? 'no licence stated'}\n`);
process.stdout.write(`${checked.length} packages, ${refused.length} refused\n`);
process.exitCode = refused.length > 0 ? 1 : 0;
