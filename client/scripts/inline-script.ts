// Puts the page's inline script into its HTML, so that it waits for no request. The service's Content-Security-Policy names it by
// its hash (web/pages.py).

import { basename, resolve } from 'node:path';
import { build, type Plugin } from 'vite';

interface Options {
  readonly target: string[];
  readonly define: Record<string, string>;
}

/** Put the script *entry*, bundled with its imports, in the place of the comment that names it; other comments are removed. */
export function inline(entry: string, options: Options): Plugin {
  const comment = `<!-- ${basename(entry)} -->`;
  return {
    name: 'inline',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      async handler(html) {
        if (!html.includes(comment)) throw new Error(`No ${comment} in the page`);
        const script = `<script>${await bundle(entry, options)}</script>`;
        return html.replace(comment, () => script).replace(/\s*<!--[\s\S]*?-->/g, '');
      },
    },
  };
}

async function bundle(entry: string, { target, define }: Options): Promise<string> {
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define,
    build: {
      target,
      write: false,
      lib: { entry: resolve(import.meta.dirname, '..', entry), formats: ['iife'], name: 'first' },
    },
  });
  const [result] = Array.isArray(built) ? built : [built];
  const code = result && 'output' in result ? result.output[0].code.trim() : '';
  if (!code || code.includes('</script')) throw new Error(`${entry} cannot stand in a page`);
  return code;
}
