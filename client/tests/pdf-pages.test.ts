// Which page of a PDF is drawn: the one that one looks at, and no other that one has passed by.

import { beforeEach, expect, test, vi } from 'vitest';

vi.mock('../src/classroom/pdf-worker?worker&url', () => ({ default: 'worker' }));

const { PdfRefused } = await import('../src/classroom/pdf-file');
const { PdfPages } = await import('../src/room/classroom/pdf-pages');

type Page = { readonly kind: 'drawn'; readonly jpeg: Uint8Array<ArrayBuffer>; across: number; down: number };
const pageOf = (number: number): Page => ({ kind: 'drawn', jpeg: Uint8Array.of(number), across: 1, down: 1 });

let drawn: number[];
let give: (page: number) => Promise<Page>;
const close = vi.fn();
const file = {
  pages: 9,
  close,
  draw: (page: number) => {
    drawn.push(page);
    return give(page);
  },
};
const settle = () => new Promise((done) => setTimeout(done, 0));

beforeEach(() => {
  drawn = [];
  give = async (page) => pageOf(page);
  close.mockClear();
});

test('the first page is drawn at once, and the one that is looked at next', async () => {
  const pages = new PdfPages(async () => file);
  await settle();
  expect(pages.state.value).toMatchObject({ pages: 9, page: 1, picture: pageOf(1), problem: null });
  pages.show(4);
  expect(pages.state.value).toMatchObject({ page: 4, picture: null });
  await settle();

  expect(pages.state.value).toMatchObject({ page: 4, picture: pageOf(4) });
});

test('pages that are passed by are not drawn', async () => {
  const pages = new PdfPages(async () => file);
  await settle();
  for (const page of [2, 3, 4, 0, 10, 5]) pages.show(page);
  await settle();

  expect(drawn).toEqual([1, 2, 5]);
  expect(pages.state.value).toMatchObject({ page: 5, picture: pageOf(5) });
});

test('a broken page says so, and the next one is drawn', async () => {
  give = async (page) => {
    if (page === 1) throw new PdfRefused('broken');
    return pageOf(page);
  };
  const pages = new PdfPages(async () => file);
  await settle();
  expect(pages.state.value).toMatchObject({ picture: null, problem: 'broken' });
  pages.show(2);
  await settle();

  expect(pages.state.value).toMatchObject({ picture: pageOf(2), problem: null });
});

test('after a page that took too long the file is opened anew', async () => {
  const open = vi.fn(async () => file);
  give = async (page) => {
    if (page === 1) throw new PdfRefused('slow');
    return pageOf(page);
  };
  const pages = new PdfPages(open);
  await settle();
  pages.show(2);
  await settle();

  expect(open).toHaveBeenCalledTimes(2);
  expect(pages.state.value).toMatchObject({ picture: pageOf(2) });
});

test('what does not load is this browser’s, and what is closed is closed also while it opens', async () => {
  const failed = new PdfPages(() => Promise.reject(new Error('no script')));
  await settle();
  expect(failed.state.value.problem).toBe('unable');

  const pages = new PdfPages(async () => file);
  pages.close();
  await settle();

  expect(close).toHaveBeenCalled();
});
