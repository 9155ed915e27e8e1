// Every word a person reads, by key. English comes with the page; another language is loaded when it is wanted,
// and the page is right in English until it is there.

import { signal } from '@preact/signals';
import english from './en.json';

type Catalogue = Readonly<Record<string, string>>;

/** A key of the catalogue; a plural has `key.one` and `key.other` and is asked for by `count`. */
export type Key = keyof typeof english;

const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar']);
const LOADERS = import.meta.glob<Catalogue>(['./*.json', '!./en.json'], { import: 'default' });

const words = signal<Catalogue>(english);

/** The language the page speaks, as a BCP 47 tag for Intl; a signal, so that what shows it follows. */
export const language = signal('en');

/** Say *key* in the page's language, `{name}` replaced by `values.name`. The result is text, never HTML. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  const phrase = words.value[key] ?? english[key];
  return phrase.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Choose the first of *wanted* (BCP 47 tags) that there is a catalogue for. */
export function chooseLanguage(wanted: readonly string[], available: readonly string[]): string {
  const codes = wanted
    .map((tag) => tag.toLowerCase().split('-')[0] ?? '')
    .map((c) => (c === 'nb' ? 'no' : c));
  return codes.find((code) => available.includes(code)) ?? 'en';
}

/** Speak the reader's language: `?ui=` of the page's URL, else what the browser asks for. */
export async function speak(): Promise<void> {
  const asked = new URLSearchParams(location.search).get('ui');
  const wanted = asked ? [asked] : navigator.languages;
  const available = ['en', ...Object.keys(LOADERS).map((path) => path.slice('./'.length, -'.json'.length))];
  const code = chooseLanguage(wanted, available);
  const load = LOADERS[`./${code}.json`];
  if (load) words.value = await load();
  language.value = code;
  document.documentElement.lang = code;
  document.documentElement.dir = RIGHT_TO_LEFT.has(code) ? 'rtl' : 'ltr';
}
