// A file's name is one name, on every system and in every language.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeFileName } from '../src/classroom/saved-name';

test.each([
  ['Lección del 3 de mayo', 'Lección del 3 de mayo.zip'],
  ['درس ٣ مايو', 'درس ٣ مايو.zip'],
  ['2026年5月3日 のレッスン', '2026年5月3日 のレッスン.zip'],
  ['../../etc/passwd', 'etc passwd.zip'],
  ['C:\\x', 'C x.zip'],
  ['CON', 'CON_.zip'],
  ['lpt1', 'lpt1_.zip'],
  ['..', 'lesson.zip'],
  ['', 'lesson.zip'],
  ['a\u202egnp', 'a gnp.zip'],
  ['a\0b\nc', 'a b c.zip'],
  ['.hidden. ', 'hidden.zip'],
])('%j is %j', (words, name) => {
  expect(makeFileName(words, 'zip')).toBe(name);
});

test('nothing is a path, a device or longer than a disk takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (words) => {
      const name = makeFileName(words, 'zip');
      expect(name).toMatch(/^[^\\/:*?"<>|]+\.zip$/u);
      expect([...name].every((each) => each >= ' ')).toBe(true);
      expect(name).not.toMatch(/^\.|[. ]\.zip$/);
      expect([...name].length).toBeLessThanOrEqual(85);
    }),
  );
});
