// Chooses the language of a page and loads its words. Pure but for the loading.

import { codeOf } from './language-choice';

/** A phrase, or its forms by plural category (CLDR); every language has `other`. */
export type Phrase = string | { readonly other: string; readonly [category: string]: string };

export type Catalogue = Readonly<Record<string, Phrase>>;

const LOADERS = import.meta.glob<Catalogue>(['./*.json', '!./en.json'], { import: 'default' });

/** The languages there is a catalogue for. */
export const AVAILABLE: readonly string[] = [
  'en',
  ...Object.keys(LOADERS).map((path) => path.slice('./'.length, -'.json'.length)),
];

/** Choose the first of *wanted* (BCP 47 tags, the most wanted first) that is *available*. */
export function chooseLanguage(wanted: readonly string[], available: readonly string[] = AVAILABLE): string {
  return wanted.map(codeOf).find((code) => available.includes(code)) ?? 'en';
}

/** Say how Intl is to write for a reader of *code*: as the first of the browser's tags for it, `en-GB` before `en`. */
export function localeOf(code: string, tags: readonly string[]): string {
  return tags.find((tag) => codeOf(tag) === code) ?? (code === 'no' ? 'nb' : code);
}

/** Load the words of *code*; null when they do not come (English needs none). */
export async function loadCatalogue(code: string): Promise<Catalogue | null> {
  try {
    return (await LOADERS[`./${code}.json`]?.()) ?? null;
  } catch {
    return null;
  }
}

/** Pick the form of a phrase that a reader of *locale* uses with *count* things. */
export function pickForm(phrase: Phrase, locale: string, count: number): string {
  if (typeof phrase === 'string') return phrase;
  return phrase[pluralCategory(locale, count)] ?? phrase.other;
}

function pluralCategory(locale: string, count: number): string {
  if (typeof Intl.PluralRules !== 'function') return count === 1 ? 'one' : 'other';
  return new Intl.PluralRules(locale).select(count);
}
