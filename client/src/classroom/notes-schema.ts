// What notes are made of. Law: whatever a page, a clipboard or an old document holds, nothing else comes into the notes: no
// pictures, no styles, no addresses but those that notes-values.ts lets pass.

import { type Attrs, type DOMOutputSpec, type MarkSpec, type NodeSpec, Schema } from 'prosemirror-model';
import { COLOURS, cleanHref, isColour, isLevel } from './notes-values';

/** Level 1 in the notes comes after the panel's own headings. */
const LEVELS_ABOVE = 2;

/** Each stretch of text has the direction of its own first letter; what is around it follows (notes-direction.ts). */
const BLOCK = { dir: 'auto' };

/** A person selects text, never a block as a thing. */
const PLAIN = { selectable: false };

const nodes = {
  doc: { content: 'block+' },
  paragraph: {
    ...PLAIN,
    content: 'inline*',
    group: 'block',
    parseDOM: [{ tag: 'p' }, { tag: 'td' }, { tag: 'th' }],
    toDOM: (): DOMOutputSpec => ['p', BLOCK, 0],
  },
  heading: {
    ...PLAIN,
    attrs: { level: { default: 1 } },
    content: 'inline*',
    group: 'block',
    defining: true,
    parseDOM: [
      { tag: '[data-level]', getAttrs: (dom) => levelFrom(Number(dom.getAttribute('data-level'))) },
      ...[1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level: Math.min(level, 3) } })),
    ],
    toDOM: ({ attrs }): DOMOutputSpec => {
      const level = isLevel(attrs['level']) ? attrs['level'] : 3;
      return [`h${level + LEVELS_ABOVE}`, { ...BLOCK, 'data-level': level }, 0];
    },
  },
  blockquote: {
    ...PLAIN,
    content: 'block+',
    group: 'block',
    defining: true,
    parseDOM: [{ tag: 'blockquote' }],
    toDOM: (): DOMOutputSpec => ['blockquote', 0],
  },
  bullet_list: {
    ...PLAIN,
    content: 'list_item+',
    group: 'block',
    parseDOM: [{ tag: 'ul' }],
    toDOM: (): DOMOutputSpec => ['ul', 0],
  },
  ordered_list: {
    ...PLAIN,
    content: 'list_item+',
    group: 'block',
    parseDOM: [{ tag: 'ol' }],
    toDOM: (): DOMOutputSpec => ['ol', 0],
  },
  // Not `paragraph block*`: if one person takes the paragraph away while the other writes below it, what is below stays.
  list_item: {
    ...PLAIN,
    content: 'block+',
    defining: true,
    parseDOM: [{ tag: 'li' }],
    toDOM: (): DOMOutputSpec => ['li', 0],
  },
  text: { group: 'inline' },
  hard_break: {
    ...PLAIN,
    inline: true,
    group: 'inline',
    parseDOM: [{ tag: 'br' }],
    toDOM: (): DOMOutputSpec => ['br'],
  },
} satisfies Record<string, NodeSpec>;

const marks = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    parseDOM: [{ tag: 'a[href]', getAttrs: (dom) => linkFrom(dom.getAttribute('href')) }],
    toDOM: ({ attrs }): DOMOutputSpec => {
      const href = cleanHref(attrs['href']);
      const rel = 'noopener noreferrer nofollow';
      return href === null ? ['span', 0] : ['a', { href, rel, target: '_blank', title: href }, 0];
    },
  },
  strong: {
    parseDOM: [
      { tag: 'strong' },
      { tag: 'b', getAttrs: (dom) => (isBoldInNameOnly(dom) ? false : null) },
      { tag: 'span[data-style]', consuming: false, getAttrs: (dom) => (isBold(dom) ? null : false) },
    ],
    toDOM: (): DOMOutputSpec => ['strong', 0],
  },
  em: {
    parseDOM: [
      { tag: 'em' },
      { tag: 'i' },
      { tag: 'span[data-style]', consuming: false, getAttrs: (dom) => (isItalic(dom) ? null : false) },
    ],
    toDOM: (): DOMOutputSpec => ['em', 0],
  },
  highlight: {
    attrs: { colour: { default: COLOURS[0] } },
    parseDOM: [{ tag: 'mark', getAttrs: (dom) => colourFrom(dom.getAttribute('data-colour')) }],
    toDOM: ({ attrs }): DOMOutputSpec => {
      const colour = isColour(attrs['colour']) ? attrs['colour'] : COLOURS[0];
      return ['mark', { 'data-colour': colour, class: `highlight-${colour}` }, 0];
    },
  },
} satisfies Record<string, MarkSpec>;

export const schema = new Schema({ nodes, marks });

function levelFrom(level: number): Attrs {
  return { level: isLevel(level) ? level : 3 };
}

function colourFrom(given: string | null): Attrs {
  return { colour: isColour(given) ? given : COLOURS[0] };
}

/** False makes no mark of it. */
export function linkFrom(given: string | null): Attrs | false {
  const href = cleanHref(given);
  return href !== null && { href };
}

type Styled = Pick<HTMLElement, 'getAttribute'>;

/** Google Docs wraps all that it copies into a `b` that is not bold. */
export function isBoldInNameOnly(dom: Styled): boolean {
  return /font-weight:\s*(normal|400)/i.test(styleOf(dom));
}

export function isBold(dom: Styled): boolean {
  return /font-weight:\s*(bold|[6-9]00)/i.test(styleOf(dom));
}

export function isItalic(dom: Styled): boolean {
  return /font-style:\s*italic/i.test(styleOf(dom));
}

/** What `quietHtml` made of an element's style. */
function styleOf(dom: Styled): string {
  return dom.getAttribute('data-style') ?? '';
}

/** Take the effect from styles and scripts in *html* before a browser reads it: the page's policy would report each of them, and
 * hide the styles that say what is bold. What comes into the notes is the schema's choice in any case. */
export function quietHtml(html: string): string {
  return html
    .replace(/<style\b[\s\S]*?(<\/style\s*>|$)/gi, '')
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, ' data-$1='));
}
