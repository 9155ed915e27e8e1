// The vocabulary as a file: a spreadsheet opens it as text.

import { expect, test } from 'vitest';
import { writeCsv, writeTabbed } from '../src/classroom/word-table';

test('a table begins with a byte order mark, and every cell is quoted', () => {
  expect(
    writeCsv([
      ['Word', 'Meaning'],
      ['año', 'a "year", or\nmore'],
    ]),
  ).toBe('\uFEFF"Word","Meaning"\r\n"año","a ""year"", or\nmore"\r\n');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '  =HYPERLINK("http://x")', '\r=1'])(
  'the cell %j is no formula',
  (cell) => {
    expect(writeCsv([[cell]])).toContain(`"'${cell.replace(/"/g, '""')}"`);
    expect(writeTabbed([[cell]])).toMatch(/^'/);
  },
);

test('for the clipboard a cell has no tab and no line end of its own', () => {
  expect(
    writeTabbed([
      ['a\tb', 'c\nd'],
      ['e', 'f'],
    ]),
  ).toBe('a b\tc d\ne\tf');
});
