// Says in the page what its first script is going to import, so that both are on their way at the same time.

import type { Plugin } from 'vite';

/** Let the page load the chunk of this *name* at once, without running it. */
export function loadedAtOnce(name: string): Plugin {
  return {
    name: 'loaded-at-once',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const chunk = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === name);
        if (!chunk) throw new Error(`No chunk is called ${name}`);
        const attrs = { rel: 'modulepreload', crossorigin: true, href: `/static/${chunk.fileName}` };
        return [{ tag: 'link', attrs, injectTo: 'head' }];
      },
    },
  };
}
