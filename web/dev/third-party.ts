// Writes the licences of the packages that end up in the page beside it, as those licences ask.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const PACKAGE = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

function notice(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|notice)/i.test(entry.name))
    .map((entry) => readFileSync(join(folder, entry.name), 'utf8').trim());
  const head = `${String(manifest['name'])} ${String(manifest['version'])} (${String(manifest['license'])})`;
  return [head, '-'.repeat(head.length), ...texts].join('\n');
}

export function thirdPartyNotices(): Plugin {
  return {
    name: 'third-party-notices',
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue;
        for (const id of output.moduleIds) {
          const folder = PACKAGE.exec(id.replace(/^\0/, '').split('?')[0] ?? '')?.[1];
          if (folder && existsSync(join(folder, 'package.json'))) folders.add(folder);
        }
      }
      const source = [...folders].sort().map(notice).join('\n\n\n');
      this.emitFile({ type: 'asset', fileName: 'third-party-licences.txt', source: `${source}\n` });
    },
  };
}
