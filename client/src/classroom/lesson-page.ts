// The lesson for who keeps it, put together from its parts: one page of HTML without scripts, and a ZIP with that page and each part
// as files. Pure. Law: the page loads nothing and runs nothing, whoever wrote what is in it.

import { zipSync } from 'fflate';
import { Html, html } from './safe-html';
import { makeFileName } from './saved-name';

export interface PartFile {
  /** Without the ending. */
  readonly name: string;
  readonly ending: string;
  readonly bytes: Uint8Array;
}

/** A tool's part of what is taken home. */
export interface LessonPart {
  readonly title: string;
  readonly body: Html;
  readonly files: readonly PartFile[];
}

export interface LessonHead {
  readonly title: string;
  /** When, and with whom; one line each. */
  readonly lines: readonly string[];
  /** The language of the page's own words, and their direction. */
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
}

/** A browser that opens the page from the disk has no other policy. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const STYLE = new Html(`
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
header { border-block-end: 1px solid; margin-block-end: 1.5rem; }
h1 { line-height: 1.2; margin-block-end: .25rem; }
h2 { margin-block: 2rem .5rem; }
header p { margin: 0 0 .25rem; }
header p:last-child { margin-block-end: 1rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .4rem .6rem; border-block-end: 1px solid #8888; text-align: start; vertical-align: top; }
blockquote { margin-inline: 0; padding-inline-start: 1rem; border-inline-start: 3px solid #8888; }
mark { color: #161a22; background: #ffec8b; }
mark.green { background: #b9f0c4; }
mark.pink { background: #ffc9de; }
img, svg { max-width: 100%; height: auto; }
figure { margin: 1rem 0; }
figcaption { opacity: .75; }
dt { font-weight: 600; margin-block-start: .75rem; }
dt time { font-weight: 400; opacity: .75; }
dd { margin: 0; white-space: pre-wrap; }
@media print { h2 { break-after: avoid; } tr, dd { break-inside: avoid; } }
`);

/** Write *parts* as one page. */
export function writeLessonPage(head: LessonHead, parts: readonly LessonPart[]): string {
  const { title, lines, language, direction } = head;
  const { markup } = html`<!doctype html>
<html lang="${language}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${lines.map((line) => html`<p dir="auto">${line}</p>\n`)}</header>
<main>
${parts.map((part) => html`<section>\n<h2>${part.title}</h2>\n${part.body}</section>\n`)}</main>
</body>
</html>
`;
  return markup;
}

/** Pack *files* into a ZIP. Of two with one name the second is told apart by a number; the same name in capitals is the same on some
 * disks. */
export function packFiles(files: readonly PartFile[]): Uint8Array {
  const packed: Record<string, Uint8Array> = {};
  const taken = new Set<string>();
  for (const { name, ending, bytes } of files) {
    let whole = makeFileName(name, ending);
    for (let count = 2; taken.has(whole.toLowerCase()); count += 1)
      whole = makeFileName(`${name} ${count}`, ending);
    taken.add(whole.toLowerCase());
    packed[whole] = bytes;
  }
  return zipSync(packed, { level: 6 });
}
