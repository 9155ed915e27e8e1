// Puts the page's first script and its style sheet into its HTML, so that neither waits for a request. The service's
// Content-Security-Policy names them by their hashes (web/pages.py).

import { basename, resolve } from 'node:path';
import { build, type Plugin, type Rolldown } from 'vite';

interface Options {
  readonly target: string[];
  readonly define: Record<string, string>;
}

/** The page's first module, as Vite writes it. */
const MODULE = /<script [^>]*type="module"[^>]* src="([^"]+)"><\/script>/;

/** The page's style sheet, as Vite writes it. */
const SHEET = /<link rel="stylesheet"[^>]* href="[^"]*\/(assets\/[^/"]+)">/;

/** Put the style sheet and the script *entry*, bundled with its imports, in the place of the comment that names it; other comments are removed. The
 * page's first module is only loaded: the script runs it. */
export function inline(entry: string, options: Options): Plugin {
  const comment = `<!-- ${basename(entry)} -->`;
  let leftOut = '';
  return {
    name: 'inline',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, files) {
        const waits = Object.values(files).find(
          (file) => file.type === 'chunk' && file.code.includes(leftOut),
        );
        if (leftOut && waits) throw new Error(`${waits.fileName} would wait for ${leftOut}`);
      },
    },
    transformIndexHtml: {
      order: 'post',
      async handler(html, { bundle: files = {} }) {
        if (!html.includes(comment)) throw new Error(`No ${comment} in the page`);
        const script = `<script>${await bundle(entry, options)}</script>`;
        const [module, source] = MODULE.exec(html) ?? [];
        if (!module) throw new Error('No module in the page');
        const [link, sheet] = SHEET.exec(html) ?? [];
        const style = files[sheet ?? ''];
        if (!link || style?.type !== 'asset') throw new Error('No style sheet in the page');
        leftOut = basename(style.fileName);
        leaveOut(style.fileName, files);
        return html
          .replace(module, '')
          .replace(link, () => `<style>${String(style.source).trim()}</style>`)
          .replace(comment, () => `<link rel="modulepreload" crossorigin href="${source}">${script}`)
          .replace(/\s*<!--[\s\S]*?-->/g, '');
      },
    },
  };
}

/** Leave *sheet* out of the build, and of what a chunk waits for before it runs. */
function leaveOut(sheet: string, files: Rolldown.OutputBundle): void {
  delete files[sheet];
  for (const file of Object.values(files)) {
    if (file.type === 'chunk') file.viteMetadata?.importedCss.delete(sheet);
  }
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
