// HTML that is put together from texts. Law: whatever a person wrote stays text; nothing else becomes markup than what stands in
// our own source between the backticks.

import { toBase64 } from '../base/base64';
import type { PictureHead } from './picture-head';

export class Html {
  constructor(readonly markup: string) {}
}

/** Write the address that carries a picture's *bytes*. Base64 has no letter that would have to be escaped, and there may be millions. */
export function pictureAddress(type: PictureHead['type'] | 'image/svg+xml', bytes: Uint8Array): Html {
  return new Html(`data:${type};base64,${toBase64(bytes)}`);
}

type Value = string | number | Html | readonly Html[];

/** Make HTML: each value is escaped, but HTML that was made in this way. A value in a tag stands between double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.reduce((made, part, at) => made + write(values[at - 1] ?? '') + part));
}

function write(value: Value): string {
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(({ markup }) => markup).join('');
  return toText(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function toText(text: string): string {
  return [...text]
    .filter((each) => !isForbidden(each))
    .map((each) => ENTITIES[each] ?? each)
    .join('');
}

/** Control characters, but for tabs and line ends: HTML has none. */
function isForbidden(character: string): boolean {
  const code = character.charCodeAt(0);
  return (code < 0x20 && code !== 0x09 && code !== 0x0a) || (code >= 0x7f && code <= 0x9f);
}
