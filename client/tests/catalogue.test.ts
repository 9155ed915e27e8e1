// Sixteen catalogues, each whole: what English says, every language says, in its own words and plural forms.

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Catalogue, chooseLanguage, localeOf, type Phrase, pickForm } from '../src/i18n/catalogue';
import { LANGUAGES } from '../src/i18n/languages';

const FOLDER = resolve(import.meta.dirname, '../src/i18n');
const CODES = LANGUAGES.map(({ code }) => code);
const OTHERS = CODES.filter((code) => code !== 'en');
const english = read('en');

/** Names, and words that a language shares with English; any other phrase that is equal was forgotten. */
const NAMES = ['LangDAO', 'Lingua', 'API', 'Ana Lindqvist', 'AL', 'Marta Ruiz', 'MR'];
const SHARED: Readonly<Record<string, readonly string[]>> = {
  es: ['Chat', 'Tutor'],
  fr: ['Message', 'Messages', 'Session', 'Site'],
  de: ['Chat', 'Details'],
  it: ['Chat', 'File', 'Picture in picture'],
  pt: ['Chat', 'Picture-in-picture', 'Site'],
  nl: ['Camera', 'Chat', 'Details', 'Platform'],
  sv: ['Layout', 'Session'],
  no: ['Chat', 'Send', 'Sum'],
  fi: ['Chat'],
};

/** Numbers of things a page counts: enough for every rule that looks at last digits. */
const COUNTS = Array.from({ length: 1_001 }, (_, count) => count);

function read(code: string): Catalogue {
  return JSON.parse(readFileSync(resolve(FOLDER, `${code}.json`), 'utf8')) as Catalogue;
}

function formsOf(phrase: Phrase | undefined): Readonly<Record<string, string>> {
  return typeof phrase === 'string' ? { other: phrase } : (phrase ?? {});
}

function placeholdersOf(text: string): readonly string[] {
  return [...new Set(text.match(/\{\w+\}/g))].sort();
}

test('each language of a session has a catalogue, and there is no other', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

  expect(files.sort()).toEqual(CODES.map((code) => `${code}.json`).sort());
});

describe.each(CODES)('%s', (code) => {
  const catalogue = read(code);

  test('has every phrase and no other, in the order of their keys', () => {
    expect(Object.keys(catalogue)).toEqual(Object.keys(english));
    expect(Object.keys(catalogue)).toEqual(Object.keys(catalogue).sort());
  });

  test('says something in each, without space around it', () => {
    const bad = Object.entries(catalogue).filter(([, phrase]) =>
      Object.values(formsOf(phrase)).some((text) => text === '' || text !== text.trim()),
    );
    expect(bad).toEqual([]);
  });

  test('has the placeholders of English', () => {
    for (const [key, phrase] of Object.entries(catalogue)) {
      const wanted = placeholdersOf(formsOf(english[key])['other'] ?? '');
      for (const [category, text] of Object.entries(formsOf(phrase))) {
        // "One message" needs no number, where a language has a form for exactly one.
        const optional = ['zero', 'one', 'two'].includes(category) ? ['{count}'] : [];
        const given = [...placeholdersOf(text), ...optional];
        expect([...new Set(given)].sort(), `${key}.${category}`).toEqual(
          [...new Set([...wanted, ...optional])].sort(),
        );
      }
    }
  });

  test('counts in the plural forms of its grammar', () => {
    const rules = new Intl.PluralRules(code);
    const needed = new Set(COUNTS.map((count) => rules.select(count)));
    for (const [key, phrase] of Object.entries(catalogue)) {
      expect(typeof phrase, key).toBe(typeof english[key]);
      if (typeof phrase === 'string') continue;
      expect(Object.keys(phrase), key).toEqual(expect.arrayContaining([...needed, 'other']));
      expect(rules.resolvedOptions().pluralCategories, key).toEqual(
        expect.arrayContaining(Object.keys(phrase)),
      );
    }
  });
});

test.each(OTHERS)('%s leaves nothing in English', (code) => {
  const allowed = [...NAMES, ...(SHARED[code] ?? [])];
  const forgotten = Object.entries(read(code)).filter(
    ([key, phrase]) =>
      JSON.stringify(phrase) === JSON.stringify(english[key]) && !allowed.includes(String(phrase)),
  );

  expect(forgotten).toEqual([]);
});

test.each([
  [['de-AT', 'en'], 'de'],
  [['nb-NO'], 'no'],
  [['nn'], 'no'],
  [['zh-TW', 'en-US'], 'zh'],
  [['tlh', 'PT-br', 'en'], 'pt'],
  [['tlh', 'x'], 'en'],
  [[], 'en'],
])('of %j a reader gets %s', (wanted, code) => {
  expect(chooseLanguage(wanted, CODES)).toBe(code);
});

test.each([
  ['en', ['fr', 'en-GB', 'en'], 'en-GB'],
  ['no', ['nn-NO'], 'nn-NO'],
  ['no', [], 'nb'],
  ['ar', ['en'], 'ar'],
])('numbers and dates in %s for a browser of %j are written as in %s', (code, tags, locale) => {
  expect(localeOf(code, tags)).toBe(locale);
});

test.each([
  ['en', 1, '{count} new message'],
  ['en', 2, '{count} new messages'],
  ['ru', 1, '{count} новое сообщение'],
  ['ru', 22, '{count} новых сообщения'],
  ['ru', 25, '{count} новых сообщений'],
  ['pl', 3, '{count} nowe wiadomości'],
  ['ar', 2, 'رسالتان جديدتان'],
  ['ja', 7, '新着メッセージ {count} 件'],
])('in %s, %i unread messages are "%s"', (code, count, text) => {
  expect(pickForm(read(code)['control.unread'] ?? '', code, count)).toBe(text);
});

test('a browser without plural rules still tells one from many', () => {
  const { PluralRules } = Intl;
  Object.assign(Intl, { PluralRules: undefined });
  try {
    expect(pickForm({ one: 'one', other: 'many' }, 'pl', 1)).toBe('one');
    expect(pickForm({ one: 'one', other: 'many' }, 'pl', 5)).toBe('many');
  } finally {
    Object.assign(Intl, { PluralRules });
  }
});
