// The page that a person keeps: it runs nothing and loads nothing, whatever both wrote.

import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { type LessonHead, packFiles, writeLessonPage } from '../src/classroom/lesson-page';
import type { Block } from '../src/classroom/note-blocks';
import { writeNotesHtml } from '../src/classroom/notes-text';
import { html } from '../src/classroom/safe-html';

const HEAD: LessonHead = { title: 'Lesson', lines: ['Ana · Luis'], language: 'en', direction: 'ltr' };
const bytes = new Uint8Array([1]);

/** What a page consists of besides text. */
const TAGS = new Set(
  (
    '!doctype html head meta title style body header h1 h2 h3 h4 h5 p main section strong em mark a br ' +
    'ul ol li blockquote'
  ).split(' '),
);
const ATTRIBUTES = new Set('lang dir charset http-equiv content name class href rel'.split(' '));

/** Take *page* apart as a browser does: every `<` begins a tag there, because in a text there is none. */
function judge(page: string): void {
  const withoutStyle = page.replace(/<style>[^<]*<\/style>/, '');
  for (const [, name = '', rest = ''] of withoutStyle.matchAll(/<\/?([!\w-]+)([^>]*)>/g)) {
    expect(TAGS).toContain(name);
    for (const [, attribute = '', value = ''] of rest.matchAll(/([\w-]+)="([^"]*)"/g)) {
      expect(ATTRIBUTES).toContain(attribute);
      if (attribute === 'href') expect(value).toMatch(/^(https?|mailto):/);
    }
    if (name !== '!doctype') expect(rest.replace(/\s[\w-]+="[^"]*"/g, '').trim()).toBe('');
  }
  expect(withoutStyle.split('<').length - 1).toBe([...withoutStyle.matchAll(/<\/?[!\w]/g)].length);
}

test('it says before anything else that nothing may run or load', () => {
  const page = writeLessonPage(HEAD, []);

  expect(page).toMatch(
    /^<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;/,
  );
});

const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '</style><script>1</script>',
    '</title><svg onload=alert(1)>',
    "' onmouseover='x",
    '<!--',
    ']]>',
    'javascript:alert(1)',
    '&lt;script&gt;',
  ),
);
const text = fc.array(nasty, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
const spans = fc.array(
  fc.record({ text, href: fc.constantFrom('https://example.com/"><script>', 'mailto:a@b.c') }),
  { maxLength: 3 },
);
const notes: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('paragraph' as const), spans }),
  fc.record({ kind: fc.constant('heading' as const), level: fc.constantFrom(1, 2, 3), spans }),
  fc.record({
    kind: fc.constant('bullets' as const),
    items: fc.array(
      fc.array(fc.record({ kind: fc.constant('paragraph' as const), spans }), { maxLength: 2 }),
    ),
  }),
);

test('no script, whatever the notes, the words, the chat and the names contain', () => {
  fc.assert(
    fc.property(text, text, fc.array(notes, { maxLength: 4 }), (title, line, blocks) => {
      judge(
        writeLessonPage({ ...HEAD, title, lines: [line] }, [
          { title, body: writeNotesHtml(blocks), files: [] },
          { title: line, body: html`<p dir="auto">${line}</p>`, files: [] },
        ]),
      );
    }),
    { numRuns: 300 },
  );
});

test('two files of one name are told apart, also on a disk that does not know capitals', () => {
  const zip = packFiles([
    { name: 'Notas', ending: 'md', bytes },
    { name: 'notas', ending: 'md', bytes },
    { name: '../Notas', ending: 'md', bytes },
  ]);

  expect(Object.keys(unzipSync(zip))).toEqual(['Notas.md', 'notas 2.md', 'Notas 3.md']);
});
