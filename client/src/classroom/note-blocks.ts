// The notes as plain values: read from the document without an editor, written into a file, read from a file, and put into another
// lesson's notes. Law: whatever a document or a file holds, these values say nothing that the editor's schema does not know.

import * as Y from 'yjs';
import { FrameRefused } from '../base/shapes';
import { type Colour, cleanHref, DEPTH_MAX, isColour, isLevel, NOTES_SIZE_MAX } from './notes-values';

/** A run of text in one look; a `\n` in it is a break within its block. */
export interface Span {
  readonly text: string;
  readonly strong?: true;
  readonly em?: true;
  readonly highlight?: Colour;
  readonly href?: string;
}

export type Block =
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'heading'; readonly level: number; readonly spans: readonly Span[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: ListKind; readonly items: readonly (readonly Block[])[] };

type ListKind = 'bullets' | 'numbers';

/** What the schema calls them. */
const LISTS = { bullets: 'bullet_list', numbers: 'ordered_list' } as const;

/** Read what is in *notes*, and leave out what is none. */
export function readBlocks(notes: Y.XmlFragment): readonly Block[] {
  return notes.toArray().flatMap((each: unknown) => readBlock(each, 0));
}

function readBlock(node: unknown, depth: number): readonly Block[] {
  if (!(node instanceof Y.XmlElement) || depth >= DEPTH_MAX) return [];
  const children: readonly unknown[] = node.toArray();
  const readAll = (these: readonly unknown[], below: number) =>
    these.flatMap((each) => readBlock(each, depth + below));
  switch (node.nodeName) {
    case 'paragraph':
      return [{ kind: 'paragraph', spans: readSpans(children) }];
    case 'heading': {
      const level: unknown = node.getAttribute('level');
      return [{ kind: 'heading', level: isLevel(level) ? level : 1, spans: readSpans(children) }];
    }
    case 'blockquote':
      return [{ kind: 'quote', blocks: readAll(children, 1) }];
    case LISTS.bullets:
    case LISTS.numbers: {
      const kind = node.nodeName === LISTS.numbers ? 'numbers' : 'bullets';
      const items = children.filter(isItem).map((item) => readAll(item.toArray(), 2));
      return [{ kind, items }];
    }
    default:
      return [];
  }
}

function isItem(node: unknown): node is Y.XmlElement {
  return node instanceof Y.XmlElement && node.nodeName === 'list_item';
}

function readSpans(children: readonly unknown[]): readonly Span[] {
  return children.flatMap((child): readonly Span[] => {
    if (child instanceof Y.XmlText) return readText(child);
    return child instanceof Y.XmlElement && child.nodeName === 'hard_break' ? [{ text: '\n' }] : [];
  });
}

function readText(text: Y.XmlText): readonly Span[] {
  const delta = text.toDelta() as readonly { insert: unknown; attributes?: Record<string, unknown> }[];
  return delta.flatMap(({ insert, attributes = {} }) => {
    if (typeof insert !== 'string' || insert === '') return [];
    const { strong, em, highlight, link } = attributes;
    return [
      makeSpan(insert, {
        strong: isThere(strong),
        em: isThere(em),
        highlight: isThere(highlight) ? (highlight as Record<string, unknown>)['colour'] : null,
        href: isThere(link) ? (link as Record<string, unknown>)['href'] : null,
      }),
    ];
  });
}

function isThere(mark: unknown): boolean {
  return typeof mark === 'object' && mark !== null;
}

interface Look {
  readonly strong: unknown;
  readonly em: unknown;
  readonly highlight: unknown;
  readonly href: unknown;
}

/** A look that the schema does not know is left out; the text stays. */
function makeSpan(text: string, { strong, em, highlight, href }: Look): Span {
  const address = cleanHref(href);
  return {
    text,
    ...(strong === true && { strong }),
    ...(em === true && { em }),
    ...(isColour(highlight) && { highlight }),
    ...(address !== null && { href: address }),
  };
}

/** Count the characters of *blocks*, two for each block and one for each run: else there could be any number of empty ones. */
export function sizeOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + 2 + sizeWithin(block), 0);
}

function sizeWithin(block: Block): number {
  if ('spans' in block) return block.spans.reduce((sum, { text }) => sum + text.length + 1, 0);
  if ('blocks' in block) return sizeOf(block.blocks);
  return block.items.reduce((sum, item) => sum + 2 + sizeOf(item), 0);
}

/** Take as many of *blocks* as notes may have. */
export function cutBlocks(blocks: readonly Block[]): readonly Block[] {
  let left = NOTES_SIZE_MAX;
  const end = blocks.findIndex((block) => {
    left -= sizeOf([block]);
    return left < 0;
  });
  return end < 0 ? blocks : blocks.slice(0, end);
}

/** Read blocks that a file holds. Throws FrameRefused for anything else, and for more than notes may be. */
export function receiveBlocks(value: unknown, path: string): readonly Block[] {
  return receiveList(value, path, { left: NOTES_SIZE_MAX }, 0);
}

/** What may still come. */
interface Room {
  left: number;
}

function receiveList(value: unknown, path: string, room: Room, depth: number): readonly Block[] {
  if (!Array.isArray(value)) throw new FrameRefused(`${path} must be a list of blocks`);
  return value.map((each: unknown, at) => receiveBlock(each, `${path}[${at}]`, room, depth));
}

function receiveBlock(value: unknown, path: string, room: Room, depth: number): Block {
  take(room, 2, path);
  if (depth >= DEPTH_MAX) throw new FrameRefused(`${path} must be less than ${DEPTH_MAX} deep`);
  const { kind, level, spans, blocks, items } = toFields(value, path);
  switch (kind) {
    case 'paragraph':
      return { kind, spans: receiveSpans(spans, path, room) };
    case 'heading':
      if (!isLevel(level)) throw new FrameRefused(`${path}.level must be 1, 2 or 3`);
      return { kind, level, spans: receiveSpans(spans, path, room) };
    case 'quote':
      return { kind, blocks: receiveList(blocks, path, room, depth + 1) };
    case 'bullets':
    case 'numbers':
      if (!Array.isArray(items)) throw new FrameRefused(`${path}.items must be a list`);
      return {
        kind,
        items: items.map((item: unknown) => {
          take(room, 2, path);
          return receiveList(item, path, room, depth + 2);
        }),
      };
    default:
      throw new FrameRefused(`${path}.kind must be one of a block`);
  }
}

function receiveSpans(value: unknown, path: string, room: Room): readonly Span[] {
  if (!Array.isArray(value)) throw new FrameRefused(`${path}.spans must be a list`);
  return value.map((each: unknown) => {
    const { text, strong, em, highlight, href } = toFields(each, path);
    if (typeof text !== 'string') throw new FrameRefused(`${path}.text must be a text`);
    take(room, text.length + 1, path);
    return makeSpan(text, { strong, em, highlight, href });
  });
}

function take(room: Room, size: number, path: string): void {
  room.left -= size;
  if (room.left < 0) throw new FrameRefused(`${path} must end within ${NOTES_SIZE_MAX} characters`);
}

function toFields(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new FrameRefused(`${path} must be an object`);
  return { ...value };
}

/** Put *blocks* at the end of *notes*, as an edit of this person. */
export function addBlocks(notes: Y.XmlFragment, blocks: readonly Block[]): void {
  notes.push(blocks.map(makeNode));
}

function makeNode(block: Block): Y.XmlElement {
  switch (block.kind) {
    case 'paragraph':
      return makeElement('paragraph', makeInline(block.spans));
    case 'heading': {
      const heading = makeElement('heading', makeInline(block.spans));
      // Yjs' types know texts only; the editor writes a number, too.
      (heading as Y.XmlElement<{ level: number }>).setAttribute('level', block.level);
      return heading;
    }
    case 'quote':
      return makeElement('blockquote', makeAll(block.blocks));
    default:
      return makeElement(
        LISTS[block.kind],
        block.items.map((item) => makeElement('list_item', makeAll(item))),
      );
  }
}

/** A list's item and a quotation hold a block at least. */
function makeAll(blocks: readonly Block[]): Y.XmlElement[] {
  return blocks.length > 0 ? blocks.map(makeNode) : [makeElement('paragraph', [])];
}

function makeElement(name: string, children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement {
  const element = new Y.XmlElement(name);
  element.insert(0, children);
  return element;
}

function makeInline(spans: readonly Span[]): (Y.XmlElement | Y.XmlText)[] {
  const nodes: (Y.XmlElement | Y.XmlText)[] = [];
  let run: object[] = [];
  const close = () => {
    if (run.length === 0) return;
    const text = new Y.XmlText();
    text.applyDelta(run);
    nodes.push(text);
    run = [];
  };
  for (const span of spans) {
    for (const [at, line] of span.text.split('\n').entries()) {
      if (at > 0) {
        close();
        nodes.push(new Y.XmlElement('hard_break'));
      }
      if (line !== '') run.push({ insert: line, attributes: attributesOf(span) });
    }
  }
  close();
  return nodes;
}

function attributesOf({ strong, em, highlight, href }: Span): Record<string, object> {
  return {
    ...(strong && { strong: {} }),
    ...(em && { em: {} }),
    ...(highlight && { highlight: { colour: highlight } }),
    ...(href !== undefined && { link: { href } }),
  };
}
