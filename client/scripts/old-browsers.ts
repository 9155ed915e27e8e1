// What the build does for browsers at the edge of R18: those that can make calls get code they can parse, those that
// cannot get a page in words. So does a frame in which no module can be loaded.

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

const CATALOGUES = resolve(import.meta.dirname, '../src/i18n');

/** A module's place in the browser is its key: a script element cannot hand out what its module exports. */
const LOADER = `self.__load=self.__load||function(at,from){
  var url=new URL(at,from).href,loaded=self.__loaded=self.__loaded||{};
  return loaded[url]=loaded[url]||new Promise(function(resolve,reject){
    var script=document.createElement('script');
    script.type='module';script.crossOrigin='anonymous';script.src=url;
    script.onload=function(){var given=(self.__given||{})[url];given?resolve(given):script.onerror()};
    script.onerror=function(){delete loaded[url];reject(new Error('Not loaded: '+url))};
    document.head.appendChild(script)
  })
};`;

/**
 * Firefox 65 and 66 know modules but cannot parse `import()`: load what is loaded later by a script element.
 * After Vite has been through the chunks: it looks for `import()` to find the style sheets that come with each.
 */
export function withoutDynamicImport(): Plugin {
  return {
    name: 'without-dynamic-import',
    enforce: 'post',
    // The names of the files are made before this runs, and have to change with it.
    augmentChunkHash: () => LOADER,
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const chunks = Object.values(bundle).filter((each) => each.type === 'chunk');
        // A module that one part loads later and another brings at once may stand in a chunk that is no entry.
        const later = new Set(chunks.flatMap(({ dynamicImports }) => dynamicImports));
        for (const chunk of chunks) {
          const given = later.has(chunk.fileName) ? offer(chunk.code, chunk.exports) : '';
          const calls = chunk.code.replace(/\bimport\(([^()]+)\)/g, 'self.__load($1,import.meta.url)');
          // A page's first script brings the loader; what comes later finds it.
          chunk.code = `${chunk.isEntry ? LOADER.replace(/\n\s*/g, '') : ''}${calls}${given}`;
        }
      },
    },
  };
}

/** Put a module's exports where the loader looks for them. */
function offer(code: string, names: readonly string[]): string {
  const list = /export\s*\{([^}]*)\};?\s*$/.exec(code)?.[1] ?? '';
  const pairs = list.split(',').map((pair) => pair.trim().split(/\s+as\s+/));
  const given = pairs.filter(([local]) => local).map(([local, name = local]) => `${name}:${local}`);
  if (given.length !== names.length) throw new Error(`Exports of a module not found: ${names.join(', ')}`);
  return `;(self.__given=self.__given||{})[import.meta.url]={${given.join(',')}};`;
}

/** The first language of the browser that there are words for: ES3. */
const ASK_BROWSER = `var asked=[].concat(navigator.languages||navigator.language||navigator.userLanguage||'en');
var code='en',i;
for(i=asked.length-1;i>=0;i--){var own=String(asked[i]).toLowerCase().split('-')[0];if(all[own])code=own}`;

/** As the service wrote the page, which has read the link, too. */
const AS_WRITTEN = `var code=all[document.documentElement.lang]?document.documentElement.lang:'en';`;

/** Tell the page around this one. To any: the policy `frame-ancestors` lets no other page show it. */
const TELL_SANDBOXED = `var needs='sandbox="allow-scripts allow-same-origin"';
var message='The frame is in a sandbox without allow-same-origin: no call can run in it.';
console.error('LangDAO call: '+message+' The page that embeds the call needs '+needs);
if(parent!==self)parent.postMessage({type:'embed-problem',
sessionId:new URLSearchParams(location.search).get('room')||'',code:'sandboxed',needs:needs,message:message,
timestamp:Date.now()},'*');`;

/** A page that loads nothing gets this script: a title and a text, in the language that *choose* sets, and what is *more*. */
const PAGE = (words: string, choose: string, more: string) => `(function(){
var all=${words};${choose}
var main=document.createElement('main'),title=document.createElement('h1'),text=document.createElement('p');
document.documentElement.lang=code;
document.documentElement.dir=code==='ar'?'rtl':'ltr';
main.style.cssText='max-width:32em;margin:15% auto;padding:0 1em;font:18px/1.5 system-ui,sans-serif';
title.appendChild(document.createTextNode(all[code][0]));
text.appendChild(document.createTextNode(all[code][1]));
main.appendChild(title);main.appendChild(text);
function show(){document.body.innerHTML='';document.body.appendChild(main)}
if(document.body)show();else window.onload=show;
${more}})();`;

/** Write /static/old-browser.js, which the pages name in a script that only old browsers load (`nomodule`), and
 * /static/sandboxed.js, which the room's first script asks for. */
export function plainScripts(): Plugin {
  return {
    name: 'plain-scripts',
    generateBundle() {
      const emit = (fileName: string, source: string) => this.emitFile({ type: 'asset', fileName, source });
      emit('old-browser.js', PAGE(JSON.stringify(readWords('problem.unsupported')), ASK_BROWSER, ''));
      emit('sandboxed.js', PAGE(JSON.stringify(readWords('frame.sandboxed')), AS_WRITTEN, TELL_SANDBOXED));
    },
  };
}

function readWords(topic: string): Record<string, readonly [title: string, text: string]> {
  const words: Record<string, readonly [string, string]> = {};
  for (const file of readdirSync(CATALOGUES).filter((name) => name.endsWith('.json'))) {
    const catalogue = JSON.parse(readFileSync(resolve(CATALOGUES, file), 'utf8')) as Record<string, string>;
    const title = catalogue[`${topic}.title`];
    const text = catalogue[`${topic}.text`];
    if (title && text) words[file.slice(0, -'.json'.length)] = [title, text];
  }
  return words;
}
