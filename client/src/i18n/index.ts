// Every word that a person reads, by key. English comes with the module that says it (word-split.ts). Another language is loaded
// when it is wanted; if it does not come, the page stays in English.

import { batch, computed, signal } from '@preact/signals';
import { type Catalogue, chooseLanguage, loadCatalogue, localeOf, pickForm } from './catalogue';
import soon from './en.json';
import { formatNumber } from './format';
import { keepChoice, readChoice } from './language-choice';
import type { InLobby, Later, Soon } from './word-split';

/** Any key of the catalogue, also of lazy words. A phrase with plural forms needs the value `count`. */
export type LaterKey = keyof typeof soon;

/** A key that the page itself says. */
export type Key = Exclude<LaterKey, Later | InLobby> | Soon;

type Values = Readonly<Record<string, string | number>>;

const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar']);

/** After this time the page is drawn in English, and changes when the words come. */
const WORDS_MS_MAX = 1_000;

const english: Catalogue = { ...soon };
const words = signal(english);

/** The code of the catalogue the page speaks. */
export const language = signal('en');

/** The tag that Intl writes numbers and dates by: the browser's own for this language, `en-GB` rather than `en`. */
export const locale = computed(() => localeOf(language.value, navigator.languages));

let changes = 0;

/** Say *key* in the page's language, `{name}` replaced by `values.name`. The result is text, never HTML. */
export const t = say<Key>;

/** Add the English words of a lazy module, before it says any. */
export function addWords(later: Catalogue): void {
  Object.assign(english, later);
}

export function say<K extends LaterKey>(key: K, values: Values = {}): string {
  const phrase = pickForm(words.value[key] ?? english[key] ?? '', locale.value, Number(values['count']));
  return phrase.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name] ?? whole;
    return typeof value === 'number' ? formatNumber(locale.value, value) : value;
  });
}

/** Load the reader's language, or the *session*'s when the browser names none of ours; resolves when to draw. */
export async function loadLanguage(session: string | null = null): Promise<void> {
  const asked = new URLSearchParams(location.search).get('ui');
  const wanted = [asked, readChoice(), ...navigator.languages, session].filter((tag) => tag !== null);
  const late = new Promise<void>((resolve) => setTimeout(resolve, WORDS_MS_MAX));
  await Promise.race([change(chooseLanguage(wanted)), late]);
  // The server marked the page with the language it expected: mark it with the one whose words are there.
  markPage();
}

/** Use the language *code* from now on, here and in the pages that are opened next. */
export async function chooseFromMenu(code: string): Promise<void> {
  keepChoice(code);
  const url = new URL(location.href);
  if (url.searchParams.has('ui')) {
    url.searchParams.set('ui', code);
    history.replaceState(history.state, '', url);
  }
  await change(code);
}

/** Address one of our pages in the language of this page. */
export function inOwnLanguage(address: string): string {
  const url = new URL(address, location.href);
  url.searchParams.set('ui', language.value);
  return url.href;
}

/** Load the words, then show them all at once; of two changes the later one counts. */
async function change(code: string): Promise<void> {
  changes += 1;
  const own = changes;
  const loaded = code === 'en' ? english : await loadCatalogue(code);
  if (own !== changes || !loaded) return;
  batch(() => {
    words.value = loaded;
    language.value = code;
  });
  markPage();
}

function markPage(): void {
  document.documentElement.lang = language.value;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language.value) ? 'rtl' : 'ltr';
}
