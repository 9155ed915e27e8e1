// The vocabulary as a file for spreadsheets (RFC 4180) and as text for the clipboard. Pure. Law: no cell is a formula, whoever wrote it.

type Row = readonly string[];

/** Without it Excel takes UTF-8 for the old encoding of the country. */
const BYTE_ORDER_MARK = '\uFEFF';

/** What a spreadsheet may begin a formula with (OWASP, CSV injection), also behind spaces. */
const FORMULA = /^\s*[=+\-@\t\r]/;

/** Write *rows* as CSV. A cell that would be a formula gets an apostrophe: it is shown as text. */
export function writeCsv(rows: readonly Row[]): string {
  return `${BYTE_ORDER_MARK}${rows.map((row) => row.map(writeCell).join(',')).join('\r\n')}\r\n`;
}

/** Write *rows* with tabs, as spreadsheets and Anki take them from the clipboard. */
export function writeTabbed(rows: readonly Row[]): string {
  return rows
    .map((row) => row.map((cell) => withoutFormula(cell.replace(/\s+/g, ' '))).join('\t'))
    .join('\n');
}

function writeCell(cell: string): string {
  return `"${withoutFormula(cell).replace(/"/g, '""')}"`;
}

function withoutFormula(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}
