// Two builds into the Python package: the pages (hashed files under /static/assets/) and /embed.js, whose name is stable.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { inline } from './scripts/inline-script.ts';
import { licences } from './scripts/licences.ts';
import { plainScripts, withoutDynamicImport } from './scripts/old-browsers.ts';
import { isIn, type Part } from './src/i18n/word-split.ts';

const WORDS = 'src/i18n';

/** Words that the pages of a build never say; those of `page.` are the server's, `frame.sandboxed.` has a script of its own. */
const UNSAID: Readonly<Record<string, readonly string[]>> = {
  room: ['page.', 'start.', 'demo.', 'frame.sandboxed.'],
  platform: ['page.', 'claim.', 'frame.'],
};

const STATIC = '../src/langdao_video/web/static';

/** Built apart: what a call loads is shared with no other page, so it comes in as few files as can be. */
const PAGES: Readonly<Record<string, Record<string, string>>> = {
  room: { room: 'room.html' },
  platform: { start: 'start.html', demo: 'demo.html' },
};

/** What both the lobby and the call draw with. */
const DRAWN_WITH = [
  'node_modules/(preact|@preact)/',
  'src/base/polyfills',
  'node_modules/lucide/.+/(mic|mic-off|video|video-off|user-round|signal|signal-low|signal-medium|wifi-off)[.]',
  'src/i18n/(en.json$|catalogue|format|index|languages|localized)',
  'src/theme/apply-theme',
  'src/ui/(Avatar|Icon|lazy)',
  'src/room/controls/(Controls.css|Toggle)',
  'src/room/(devices/LazyProblem|page/appearance|status/Brand)',
  'src/room/store/(notice-state|panel-state|room-store)',
];

/** What the lobby has, and what follows the call's page. */
const DRAWN_ALSO = [
  'node_modules/lucide/.+/(check|copy|copy-check|globe|hourglass|triangle-alert)[.]',
  'src/ui/(clipboard|CopyButton|LanguageMenu)',
  'src/room/devices/(LazyRetouch|Level|sound)',
  'src/room/embedding/(embed-problems|invite-links|missing-features|open-link)',
  'src/call/transport/rating',
  'src/i18n/units',
  'src/room/panel/LanguageCard',
  'src/room/store/shortcut-keys',
];

/** One file of each: a file costs a request, and is compressed by itself. */
const CHUNKS = {
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [
      // All that comes with the page's first module, which waits for it: else what others use as well is a file of its own.
      { name: 'room', tags: ['$initial'], priority: 1 },
      { name: 'page', test: new RegExp(DRAWN_WITH.join('|')) },
      { name: 'also', test: new RegExp(DRAWN_ALSO.join('|')) },
    ],
  },
};

/** R18, as explicit versions: an older browser gets syntax it can parse; what it lacks is looked for at run time. */
const BROWSERS = ['chrome70', 'firefox65', 'safari14', 'edge80'];

/** Chrome 70 does not know it yet. */
const OLD_NAMES = { globalThis: 'self' };

export default defineConfig(({ mode }) => ({
  // The service puts its own prefix before what is in a page (web/pages.py); scripts find the others beside them.
  base: '/static/',
  experimental: {
    renderBuiltUrl: (name, { hostType }) => (hostType === 'html' ? `/static/${name}` : { relative: true }),
  },
  publicDir: mode === 'room' ? 'public' : false,
  plugins: [
    ownWords(mode),
    smallModules(),
    withoutDynamicImport(),
    webAssemblyText(),
    ...(mode === 'room'
      ? [
          inline('src/room/inline.ts', { target: BROWSERS, define: OLD_NAMES }),
          plainScripts(),
          swaggerUi(),
          pdfSupplies(),
          licences(),
        ]
      : []),
  ],
  define: mode === 'test' ? {} : OLD_NAMES,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  css: { transformer: 'postcss' },
  worker: { plugins: () => [withoutAddress(), webAssemblyText()] },
  build: {
    target: BROWSERS,
    outDir: STATIC,
    emptyOutDir: mode === 'room',
    manifest: mode === 'room' && 'room-manifest.json',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    ...(mode === 'embed'
      ? { lib: embedScript() }
      : { rolldownOptions: { input: PAGES[mode] ?? {}, output: mode === 'room' ? CHUNKS : {} } }),
  },
  // A busy machine needs longer than the runner's five seconds for ten thousand random lines. Each file has a thread of its
  // own: what one leaves running once changed another's devices.
  test: {
    include: ['tests/**/*.test.ts'],
    environment: 'node',
    testTimeout: 90_000,
    hookTimeout: 90_000,
    pool: 'threads',
  },
}));

function embedScript() {
  return {
    entry: resolve(import.meta.dirname, 'src/embed/embed.ts'),
    formats: ['iife' as const],
    name: 'LangDAOEmbed',
    fileName: () => 'embed.js',
  };
}

/** What Yjs and its editor use of two modules that bring along 3 KB: coloured lines for the console, and a library of schemas. A name
 * that a later version uses besides stops the build. */
const SMALL_MODULES: ReadonlyMap<string, string> = new Map([
  [
    'lib0/logging',
    `export const [BOLD, UNBOLD, ORANGE, RED] = ['', '', '', ''];
    export const print = () => {};
    export const warn = print;`,
  ],
  ['lib0/dom', 'export const doc = document;'],
]);

function smallModules(): Plugin {
  return {
    name: 'small-modules',
    enforce: 'pre',
    resolveId: (id) => (SMALL_MODULES.has(id) ? `\0${id}` : null),
    load: (id) => SMALL_MODULES.get(id.slice(1)) ?? null,
  };
}

/** Leave out of the catalogues what a build's pages never say, and give the server all of them as they are. */
function ownWords(mode: string): Plugin {
  const unsaid = UNSAID[mode] ?? [];
  const catalogues = readdirSync(resolve(import.meta.dirname, WORDS)).filter((name) =>
    name.endsWith('.json'),
  );
  return {
    name: 'own-words',
    enforce: 'pre',
    transform(source, id) {
      const [path = '', part] = id.split('?');
      if (!path.includes(`/${WORDS}/`) || !path.endsWith('.json')) return null;
      const isSplit = mode === 'room' && path.endsWith('/en.json');
      const phrases = Object.entries(JSON.parse(source) as Record<string, unknown>);
      const said = phrases.filter(
        ([key]) =>
          !unsaid.some((start) => key.startsWith(start)) && (!isSplit || isIn((part ?? 'soon') as Part, key)),
      );
      const words = JSON.stringify(Object.fromEntries(said));
      return part ? { code: `export default ${words}`, moduleType: 'js' } : words;
    },
    generateBundle() {
      if (mode !== 'room') return;
      for (const name of catalogues) {
        const source = readFileSync(resolve(import.meta.dirname, WORDS, name));
        this.emitFile({ type: 'asset', fileName: `i18n/${name}`, source });
      }
    },
  };
}

/** Put what draws a PDF needs besides beside our scripts (pdf-supply.ts). */
function pdfSupplies(): Plugin {
  const folder = resolve(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'), '..');
  const isNeeded = (name: string) =>
    /\.(bcmap|pfb|ttf)$/.test(name) || /^(jbig2|openjpeg)\.wasm$|^LICENSE/.test(name);
  return {
    name: 'pdf-supplies',
    generateBundle() {
      for (const part of ['cmaps', 'standard_fonts', 'wasm'])
        for (const name of readdirSync(resolve(folder, part)).filter(isNeeded))
          this.emitFile({
            type: 'asset',
            fileName: `pdf/${name === 'LICENSE' ? `LICENSE_${part.toUpperCase()}` : name}`,
            source: readFileSync(resolve(folder, part, name)),
          });
    },
  };
}

/** A sound thread does not know where its script came from. RNNoise's asks for that all the same, and needs nothing from there. */
function withoutAddress(): Plugin {
  return {
    name: 'without-address',
    enforce: 'pre',
    transform: (source, id) => (id.includes('rnnoise-sync') ? source.replace('import.meta.url', "''") : null),
  };
}

/** Translate WebAssembly's text into a module of its bytes. */
function webAssemblyText(): Plugin {
  return {
    name: 'web-assembly-text',
    async transform(source, id) {
      if (!id.endsWith('.wat')) return null;
      const { default: startWabt } = await import('wabt');
      const { buffer } = (await startWabt()).parseWat(id, source, { simd: true }).toBinary({});
      return { code: `export default Uint8Array.of(${buffer})`, moduleType: 'js' };
    },
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
