// Two builds into the Python package: the pages (hashed files under /static/assets/) and /embed.js, whose name is stable.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const STATIC = '../src/langdao_video/web/static';

/** Built apart: what a call loads is shared with no other page, so it comes in as few files as can be. */
const PAGES: Readonly<Record<string, Record<string, string>>> = {
  room: { room: 'room.html' },
  platform: { start: 'start.html', demo: 'demo.html' },
};

/** R18, as explicit versions: an older browser gets syntax it can parse; what it lacks is looked for at run time. */
const BROWSERS = ['chrome70', 'firefox65', 'safari14', 'edge80'];

export default defineConfig(({ mode }) => ({
  base: '/static/',
  publicDir: mode === 'room' ? 'public' : false,
  plugins: mode === 'room' ? [swaggerUi()] : [],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  css: { transformer: 'postcss' },
  build: {
    target: BROWSERS,
    outDir: STATIC,
    emptyOutDir: mode === 'room',
    manifest: mode === 'room' && 'room-manifest.json',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    ...(mode === 'embed' ? { lib: embedScript() } : { rolldownOptions: { input: PAGES[mode] ?? {} } }),
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
}));

function embedScript() {
  return {
    entry: resolve(import.meta.dirname, 'src/embed/embed.ts'),
    formats: ['iife' as const],
    name: 'LangDAOEmbed',
    fileName: () => 'embed.js',
  };
}

/** Put Swagger UI's files beside ours: /docs loads nothing from a third party. */
function swaggerUi(): Plugin {
  const folder = resolve(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'), '..');
  return {
    name: 'swagger-ui',
    generateBundle() {
      for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
        this.emitFile({
          type: 'asset',
          fileName: `docs/${name}`,
          source: readFileSync(resolve(folder, name)),
        });
      }
    },
  };
}
