// Vite plugin: puts the licences of other people's code that our pages bring along into one file beside them, licences.txt.

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  /** Only what runs without a browser asks for it. */
  readonly optional?: boolean;
}

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = 'node_modules/';
/** Only the documentation's page has it, so it is none of the packages that the pages are made of. */
const ALSO = ['swagger-ui-dist'];

export function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle() {
      const lock = JSON.parse(readFileSync(resolve(ROOT, 'package-lock.json'), 'utf8')) as {
        readonly packages: Readonly<Record<string, Locked>>;
      };
      const found = Object.entries(lock.packages).filter(
        ([path, { dev, optional }]) =>
          path.startsWith(FOLDER) && !optional && (!dev || ALSO.some((name) => path === FOLDER + name)),
      );
      const source = found.map(([path, locked]) => describe(path, locked)).join('\n\n');
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
    },
  };
}

function describe(path: string, { version, license }: Locked): string {
  const texts = readdirSync(resolve(ROOT, path))
    .filter((name) => /^(licen[cs]e|notice)/i.test(name))
    .map((name) => readFileSync(resolve(ROOT, path, name), 'utf8').trim());
  return [`== ${path.slice(FOLDER.length)} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n');
}
