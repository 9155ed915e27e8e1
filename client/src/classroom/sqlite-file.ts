// Writes a SQLite database file of tables and their rows (sqlite.org/fileformat2.html). Pure. Law: it writes once and reads never, so
// there is no index, no free page and no journal; the engine itself would be 300 KB and WebAssembly, which the page's policy forbids.

/** A text, or a whole number of less than 48 bits. Null in the place of a primary key: the row's id is meant. */
export type Cell = string | number | null;

export interface Table {
  readonly name: string;
  /** The statement that makes it. */
  readonly sql: string;
  /** Rows with their ids, which rise. */
  readonly rows: readonly (readonly [id: number, cells: readonly Cell[]])[];
}

const PAGE_BYTES = 4_096;
/** The first page begins with the file's own header. */
const FILE_HEAD_BYTES = 100;

const LEAF = 0x0d;
const INTERIOR = 0x05;
const LEAF_HEAD_BYTES = 8;
const INTERIOR_HEAD_BYTES = 12;
const POINTER_BYTES = 2;

/** What of a row stays on its page (§1.6): all of it up to the first, else at least the second. */
const LOCAL_BYTES_MAX = PAGE_BYTES - 35;
const LOCAL_BYTES_MIN = Math.floor(((PAGE_BYTES - 12) * 32) / 255) - 23;
/** A page of what goes on elsewhere begins with the number of the next. */
const NEXT_BYTES = 4;
const OVERFLOW_BYTES = PAGE_BYTES - NEXT_BYTES;

const VERSION = 3_040_000;
const UTF8 = 1;
const FORMAT = 4;

type Bytes = readonly number[] | Uint8Array;

/** What a page of a tree has for each row, or for each page below: its bytes, and the last id that it leads to. */
interface Entry {
  readonly lastId: number;
  readonly bytes: Uint8Array;
}

/** Write *tables*. Throws RangeError for a number of more than 48 bits, or tables whose statements do not fit on one page. */
export function writeSqlite(tables: readonly Table[]): Uint8Array {
  const file = new Pages();
  const made = tables.map(({ name, sql, rows }, at) => {
    const root = file.addTree(rows.map(([id, cells]) => file.makeRow(id, cells)));
    return file.makeRow(at + 1, ['table', name, name, root, sql]);
  });
  return file.finish(made);
}

class Pages {
  /** The first is written last: it names where each table begins. */
  private readonly pages: Uint8Array[] = [new Uint8Array(PAGE_BYTES)];

  /** Make the leaf's entry of a row. What has no room on a page goes to pages of its own. */
  makeRow(id: number, cells: readonly Cell[]): Entry {
    const record = writeRecord(cells);
    const size = record.byteLength;
    const wanted = LOCAL_BYTES_MIN + ((size - LOCAL_BYTES_MIN) % OVERFLOW_BYTES);
    const kept = wanted <= LOCAL_BYTES_MAX ? wanted : LOCAL_BYTES_MIN;
    const local = size <= LOCAL_BYTES_MAX ? size : kept;
    const rest = local < size ? writeNumber(this.addOverflow(record.subarray(local)), 4) : [];
    return {
      lastId: id,
      bytes: join(writeVarint(size), writeVarint(id), record.subarray(0, local), rest),
    };
  }

  /** Add a table; returns the number of its first page. */
  addTree(rows: readonly Entry[]): number {
    let level = this.addLevel(rows, LEAF);
    while (level.length > 1) level = this.addLevel(level, INTERIOR);
    return readNumber(level[0]?.bytes);
  }

  finish(tables: readonly Entry[]): Uint8Array {
    const first = makePage(tables, LEAF, FILE_HEAD_BYTES);
    this.writeFileHead(first);
    this.pages[0] = first;
    return join(...this.pages);
  }

  /** Add the pages of one level of a tree; returns the entries that lead to them. */
  private addLevel(entries: readonly Entry[], kind: typeof LEAF | typeof INTERIOR): Entry[] {
    return split(entries, kind).map((those) => ({
      lastId: those[those.length - 1]?.lastId ?? 0,
      bytes: Uint8Array.from(writeNumber(this.add(makePage(those, kind, 0)), 4)),
    }));
  }

  private addOverflow(bytes: Uint8Array): number {
    const page = new Uint8Array(PAGE_BYTES);
    page.set(bytes.subarray(0, OVERFLOW_BYTES), NEXT_BYTES);
    const number = this.add(page);
    const rest = bytes.subarray(OVERFLOW_BYTES);
    if (rest.byteLength > 0) page.set(writeNumber(this.addOverflow(rest), 4));
    return number;
  }

  /** Pages are counted from 1. */
  private add(page: Uint8Array): number {
    return this.pages.push(page);
  }

  private writeFileHead(page: Uint8Array): void {
    page.set(new TextEncoder().encode('SQLite format 3\0'));
    const fields: readonly (readonly [at: number, bytes: number, value: number])[] = [
      [16, 2, PAGE_BYTES],
      [18, 1, 1], // written without a write-ahead log
      [19, 1, 1],
      [21, 1, 64], // fractions of a page that the format fixes
      [22, 1, 32],
      [23, 1, 32],
      [24, 4, 1], // changes so far
      [28, 4, this.pages.length],
      [40, 4, 1], // changes of the schema
      [44, 4, FORMAT],
      [56, 4, UTF8],
      [92, 4, 1], // the number of pages holds for this change
      [96, 4, VERSION],
    ];
    for (const [at, bytes, value] of fields) page.set(writeNumber(value, bytes), at);
  }
}

/** Divide *entries* into pages; there is always one. An interior page names the last of its pages in its head. */
function split(entries: readonly Entry[], kind: typeof LEAF | typeof INTERIOR): Entry[][] {
  let page: Entry[] = [];
  let free = 0;
  const pages: Entry[][] = [page];
  const head = kind === LEAF ? LEAF_HEAD_BYTES : INTERIOR_HEAD_BYTES;
  for (const entry of entries) {
    const size = POINTER_BYTES + cellOf(entry, kind).byteLength;
    if (page.length > 0 && size > free) {
      page = [];
      pages.push(page);
    }
    if (page.length === 0) free = PAGE_BYTES - head;
    page.push(entry);
    free -= size;
  }
  return kind === LEAF ? pages : withoutSingles(pages);
}

/** An interior page leads to two pages at least, else it would have no key. */
function withoutSingles(pages: Entry[][]): Entry[][] {
  const [before, last] = pages.slice(-2);
  const moved = before && last?.length === 1 ? before.pop() : undefined;
  if (moved) last?.unshift(moved);
  return pages;
}

function cellOf({ lastId, bytes }: Entry, kind: typeof LEAF | typeof INTERIOR): Uint8Array {
  return kind === LEAF ? bytes : join(bytes, writeVarint(lastId));
}

/** Lay *entries* on a page of which the first *before* bytes are not the tree's: pointers from the front, cells from the back. */
function makePage(
  entries: readonly Entry[],
  kind: typeof LEAF | typeof INTERIOR,
  before: number,
): Uint8Array {
  const page = new Uint8Array(PAGE_BYTES);
  const last = kind === INTERIOR ? entries[entries.length - 1] : undefined;
  const cells = (last ? entries.slice(0, -1) : entries).map((entry) => cellOf(entry, kind));
  let pointer = before + (last ? INTERIOR_HEAD_BYTES : LEAF_HEAD_BYTES);
  let place = PAGE_BYTES;
  for (const cell of cells) {
    place -= cell.byteLength;
    if (place < pointer + POINTER_BYTES) throw new RangeError('This does not fit on a page of SQLite.');
    page.set(cell, place);
    page.set(writeNumber(place, 2), pointer);
    pointer += POINTER_BYTES;
  }
  page[before] = kind;
  page.set(writeNumber(cells.length, 2), before + 3);
  page.set(writeNumber(place, 2), before + 5);
  if (last) page.set(last.bytes, before + 8);
  return page;
}

/** Write a row (§2.1): the kinds of its cells, then the cells. */
function writeRecord(cells: readonly Cell[]): Uint8Array {
  const written = cells.map(writeCell);
  const kinds = join(...written.map(([kind]) => writeVarint(kind)));
  // The length counts itself; a row of ours has so few cells that a byte is enough.
  return join([kinds.byteLength + 1], kinds, ...written.map(([, bytes]) => bytes));
}

const SIX_BYTES = 5;

function writeCell(cell: Cell): readonly [kind: number, bytes: Bytes] {
  if (cell === null) return [0, []];
  if (typeof cell === 'number') return [SIX_BYTES, writeNumber(cell, 6)];
  const bytes = new TextEncoder().encode(cell);
  return [13 + 2 * bytes.byteLength, bytes];
}

/** Write *value* in two's complement, the highest byte first. */
function writeNumber(value: number, bytes: number): readonly number[] {
  if (!Number.isSafeInteger(value) || Math.abs(value) >= 2 ** (8 * bytes - (bytes === 6 ? 1 : 0)))
    throw new RangeError(`${value} is no whole number of ${bytes} bytes.`);
  return Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** (bytes - 1 - at)) & 0xff);
}

function readNumber(bytes: Uint8Array = new Uint8Array()): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** Seven bits a byte, the highest first; all but the last byte have the eighth bit. */
function writeVarint(value: number): readonly number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest % 128) + 128);
  return bytes;
}

function join(...parts: readonly Bytes[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
