// Names that another page may write: what is shown is what is saved, and neither leads anywhere.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanName, cleanType } from '../src/classroom/file-name';

test.each([
  ['../../x', '_.._x'],
  ['..\\..\\windows\\x.dll', '_.._windows_x.dll'],
  ['/etc/passwd', '_etc_passwd'],
  ['C:evil.exe', 'C_evil.exe'],
  ['photo\u202egnp.exe', 'photognp.exe'],
  ['a\u0000b\u001b[31m.txt', 'ab[31m.txt'],
  ['a\nb\tc', 'a b c'],
  ['a \u0000 b', 'a b'], // found by the random names below
  ['.bashrc', 'bashrc'],
  ['name. . ', 'name'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['console.txt', 'console.txt'],
  ['com¹.png', '_com¹.png'],
  ['report.pdf.lnk', 'report.pdf.lnk.txt'],
  ['desktop.url', 'desktop.url.txt'],
  ['', 'file'],
  ['\u200b\u2066', 'file'],
  ['...', 'file'],
  ['\ud800x', 'x'],
  ['<img src=x onerror=alert(1)>.png', '_img src=x onerror=alert(1)_.png'],
  ['صورة القط.png', 'صورة القط.png'],
  ['宿題「猫」.pdf', '宿題「猫」.pdf'],
])('%j becomes %j', (name, cleaned) => {
  expect(cleanName(name)).toBe(cleaned);
});

test('a long name is cut in its middle, and keeps its ending', () => {
  const cleaned = cleanName(`${'a'.repeat(500)}.docx`);

  expect([...cleaned]).toHaveLength(120);
  expect(cleaned).toMatch(/^a+…\.docx$/);
});

test.each([`${'a'.repeat(118)}.lnk`, `con.${'a'.repeat(118)}`])(
  'a long name that is changed is no longer than another, and changed once: %s',
  (name) => {
    const cleaned = cleanName(name);

    expect([...cleaned]).toHaveLength(120);
    expect(cleanName(cleaned)).toBe(cleaned);
  },
);

test('whatever is written: one line, no path, no hidden character, and cleaning again changes nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ unit: 'grapheme', maxLength: 130 }),
      ),
      fc.constantFrom('', '', '.pdf', '.lnk', '.searchconnector-ms'),
      (stem, ending) => {
        const cleaned = cleanName(stem + ending);

        expect(cleaned).not.toBe('');
        expect(cleaned).not.toMatch(/[\\/:*?"<>|\n\r\u202a-\u202e\u2066-\u2069]/);
        expect(cleaned).not.toMatch(/^[. ]|[. ]$/);
        expect([...cleaned].length).toBeLessThanOrEqual(120);
        expect(cleanName(cleaned)).toBe(cleaned);
      },
    ),
  );
});

test('a type is shown as text where it is one, and left out where it is none', () => {
  expect(cleanType('Image/PNG')).toBe('image/png');
  expect(cleanType('application/vnd.oasis.opendocument.text')).toBe(
    'application/vnd.oasis.opendocument.text',
  );
  expect(['text/html; charset=x', '<b>', 'a', '/', `a/${'b'.repeat(99)}`].map(cleanType)).toEqual(
    Array(5).fill(''),
  );
});
