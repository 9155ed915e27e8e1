// What the nodes and marks of notes may say, and how much of them there may be: for the editor, its guard, and what reads notes without
// an editor. Law: no address is opened but those of LINK_PROTOCOLS.

import type { Doc, XmlFragment } from 'yjs';

/** Find the notes in the lesson's document. */
export function notesOf(doc: Doc): XmlFragment {
  return doc.getXmlFragment('notes');
}

/** In which colours a text can be highlighted. */
export const COLOURS = ['yellow', 'green', 'pink'] as const;
export type Colour = (typeof COLOURS)[number];

export const LEVELS = [1, 2, 3] as const;

/** Lists and quotations stand in each other so deep, counted in elements. */
export const DEPTH_MAX = 16;

/** So long may the notes become, in characters and blocks (ProseMirror's positions): some 60 pages. */
export const NOTES_SIZE_MAX = 200_000;

const LINK_PROTOCOLS: readonly string[] = ['http:', 'https:', 'mailto:'];
const LINK_CHARACTERS_MAX = 2_000;

/** Make an address that may be opened of what a person or a page gave; null for anything else. */
export function cleanHref(given: unknown): string | null {
  if (typeof given !== 'string' || given.length > LINK_CHARACTERS_MAX) return null;
  try {
    const { protocol, href } = new URL(given.trim());
    return LINK_PROTOCOLS.includes(protocol) && href.length <= LINK_CHARACTERS_MAX ? href : null;
  } catch {
    return null;
  }
}

export const isColour = (given: unknown): given is Colour => COLOURS.some((colour) => colour === given);
export const isLevel = (given: unknown): given is number => LEVELS.some((level) => level === given);

/** What the values of each node and mark may be; one without a row has none. */
export const VALUES: Readonly<Record<string, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  heading: { level: isLevel },
  highlight: { colour: isColour },
  link: { href: (value) => value !== null && cleanHref(value) === value },
};
