// Writes Yjs updates (version 1) field by field, also those that no Yjs writes.

export type Id = readonly [client: number, clock: number];

/** One edit. Without a neighbour it stands in *parent*: a name of the document's, or a type. */
export interface Edit {
  readonly content: Content;
  readonly left?: Id | undefined;
  readonly right?: Id | undefined;
  readonly parent?: string | Id | undefined;
  readonly key?: string | undefined;
}

/** What Yjs knows as GC, Skip, ContentDeleted, ContentString, ContentEmbed, ContentFormat, ContentType and ContentAny. */
export type Content =
  | { readonly is: 'nothing' | 'gap' | 'deleted'; readonly length: number }
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'embed'; readonly json: string }
  | { readonly is: 'format'; readonly name: string; readonly json: string }
  | { readonly is: 'type'; readonly type: number }
  /** Each value in the bytes of lib0. */
  | { readonly is: 'values'; readonly values: readonly (readonly number[])[] };

const CODES = { nothing: 0, deleted: 1, text: 4, embed: 5, format: 6, type: 7, values: 8, gap: 10 } as const;

/** A Y.Map, a Y.XmlFragment. */
export const MAP = 1;
export const FRAGMENT = 4;

export interface Edits {
  readonly client: number;
  readonly clock: number;
  readonly edits: readonly Edit[];
}

export type Deletion = readonly [client: number, clock: number, length: number];

export function writeUpdate(all: readonly Edits[], deletions: readonly Deletion[] = []): Uint8Array {
  const bytes = number(all.length);
  for (const { client, clock, edits } of all) {
    bytes.push(...number(edits.length), ...number(client), ...number(clock));
    for (const edit of edits) for (const byte of writeEdit(edit)) bytes.push(byte);
  }
  bytes.push(...number(deletions.length));
  for (const [client, clock, length] of deletions)
    bytes.push(...number(client), ...number(1), ...number(clock), ...number(length));
  return Uint8Array.from(bytes);
}

/** Write a text of lib0: its length, and UTF-8. */
export function text(words: string): number[] {
  const bytes = new TextEncoder().encode(words);
  return [...number(bytes.byteLength), ...bytes];
}

function writeEdit({ content, left, right, parent = 'notes', key }: Edit): number[] {
  const code = CODES[content.is];
  if (content.is === 'nothing' || content.is === 'gap') return [code, ...number(content.length)];
  const bytes = [code | (left ? 128 : 0) | (right ? 64 : 0) | (key === undefined ? 0 : 32)];
  for (const id of [left, right]) if (id) bytes.push(...number(id[0]), ...number(id[1]));
  if (!left && !right) {
    if (typeof parent === 'string') bytes.push(1, ...text(parent));
    else bytes.push(0, ...number(parent[0]), ...number(parent[1]));
    if (key !== undefined) bytes.push(...text(key));
  }
  return bytes.concat(writeContent(content));
}

function writeContent(content: Content): number[] {
  switch (content.is) {
    case 'text':
      return text(content.text);
    case 'embed':
      return text(content.json);
    case 'format':
      return [...text(content.name), ...text(content.json)];
    case 'type':
      return number(content.type);
    case 'values':
      return [...number(content.values.length), ...content.values.flat()];
    default:
      return number(content.length);
  }
}

/** Write a whole number as lib0 does: seven bits a byte, the lowest first. */
function number(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push(128 | (rest % 128));
  return [...bytes, rest];
}
