// Two pages that change one document over a channel that drops and comes back, in the time of the test: afterwards both have the same
// to the byte. And a channel over which rubbish comes.

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { writeFrames } from '../src/classroom/tool-frames';
import { type FakeChannel, FakeWire } from './fake-channel';
import { join, lineStep, side, ToolPage, TwoPages } from './tool-pages';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

/** A page on which one writes, and collects words. */
class Page extends ToolPage {
  write(place: number, text: string): void {
    const notes = this.document.doc.getText('notes');
    notes.insert(place % (notes.length + 1), text);
  }

  erase(place: number, length: number): void {
    const notes = this.document.doc.getText('notes');
    const from = place % (notes.length + 1);
    notes.delete(from, Math.min(length, notes.length - from));
  }

  addCard(word: string): void {
    const card = new Y.Map<string>();
    this.document.doc.getArray<Y.Map<string>>('cards').push([card]);
    card.set('word', word);
  }

  changeCard(place: number, meaning: string): void {
    const cards = this.document.doc.getArray<Y.Map<string>>('cards');
    if (cards.length > 0) cards.get(place % cards.length).set('meaning', meaning);
  }

  read(): unknown {
    const { doc } = this.document;
    return { notes: doc.getText('notes').toString(), cards: doc.getArray('cards').toJSON() };
  }
}

const place = fc.nat(500);
const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), side, place, word }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('erase' as const), side, place, length: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('card' as const), side, word }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('meaning' as const), side, place, word }) },
  { weight: 10, arbitrary: lineStep },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(steps: readonly Step[]): [Page, Page] {
  const two = new TwoPages((kept) => new Page(kept));
  for (const each of steps) {
    if (each.do === 'write') two.pages[each.side].write(each.place, each.word);
    else if (each.do === 'erase') two.pages[each.side].erase(each.place, each.length);
    else if (each.do === 'card') two.pages[each.side].addCard(each.word);
    else if (each.do === 'meaning') two.pages[each.side].changeCard(each.place, each.word);
    else two.play(each);
  }
  return two.meet();
}

test('after any edits over any channel both have the same document to the byte, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [student, tutor] = play(steps);

      expect(student.read()).toEqual(tutor.read());
      expect(student.document.readVector()).toEqual(tutor.document.readVector());
      expect(student.document.readWhole()).toEqual(tutor.document.readWhole());
      const written = steps.filter((each) => each.do === 'card').map((each) => each.word);
      const cards = (student.read() as { cards: { word: string }[] }).cards.map((card) => card.word);
      expect([...cards].sort()).toEqual([...written].sort());
      expect([...student.notices, ...tutor.notices]).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('ten seconds without a word from the line, and both have what both wrote', () => {
  const pages: [Page, Page] = [new Page(), new Page()];
  const wire = join(pages);
  vi.advanceTimersByTime(1_000);
  wire.isDeaf = true;
  pages[0].write(0, 'hola');
  pages[1].write(0, 'adiós');
  vi.advanceTimersByTime(10_000);

  expect(pages.map(({ sync }) => sync.isMissing(Date.now()))).toEqual([true, true]);

  wire.isDeaf = false;
  vi.advanceTimersByTime(3_000);

  expect(pages.map(({ sync }) => sync.isMissing(Date.now()))).toEqual([false, false]);
  expect(pages[0].read()).toEqual(pages[1].read());
  expect(JSON.stringify(pages[0].read())).toContain('hola');
  expect(JSON.stringify(pages[0].read())).toContain('adiós');
});

test('a document of megabytes crosses a slow line once, and the browser never holds much of it', () => {
  const pages: [Page, Page] = [new Page(), new Page()];
  pages[0].write(0, 'word '.repeat(600_000));
  const wire = join(pages, 40, 100); // 100 kB a second: half a minute
  vi.advanceTimersByTime(60_000);

  expect(pages[1].read()).toEqual(pages[0].read());
  expect(wire.ends[0].bufferedMost).toBeLessThanOrEqual(17 * 16_384);
  const bytes = wire.ends[0].sent.reduce((sum, frame) => sum + frame.byteLength, 0);
  expect(bytes).toBeLessThan(3_300_000);
  expect(pages[0].sync.state).toBe('together');
});

/** A page that is together with another, and the other's end of the channel. */
function meet(): { page: Page; end: FakeChannel; other: Page } {
  const pages: [Page, Page] = [new Page(), new Page()];
  const wire = join(pages);
  vi.advanceTimersByTime(1_000);
  return { page: pages[0], end: wire.ends[1], other: pages[1] };
}

function sendRaw(end: FakeChannel, bytes: Uint8Array<ArrayBuffer>): void {
  end.send(bytes);
  vi.advanceTimersByTime(0);
}

test('rubbish is told, and what is written afterwards comes', () => {
  const { page, end, other } = meet();
  sendRaw(end, new Uint8Array(16_385));
  sendRaw(end, Uint8Array.of(1, 2, 3));
  other.write(0, 'after');
  vi.advanceTimersByTime(10_000);

  expect(new Set(page.notices)).toEqual(new Set(['unreadable']));
  expect(page.read()).toEqual(other.read());
});

test('text on the channel is unreadable, and costs no more than a frame', () => {
  const { page, other } = meet();
  const wire = join([page, other]);
  vi.advanceTimersByTime(1_000);
  wire.ends[0].receive('{"kind":"update"}');

  expect(page.notices).toEqual(['unreadable']);
});

test('a million updates a second are dropped at the bound, and all is well once they stop', () => {
  const { page, end, other } = meet();
  const author = new Y.Doc();
  const updates: Uint8Array[] = [];
  author.on('update', (update: Uint8Array) => updates.push(update));
  for (let count = 0; count < 6_000; count += 1) author.getText('notes').insert(0, 'x');
  const applied = vi.spyOn(page.document, 'receiveUpdate');
  for (const [number, bytes] of updates.entries()) {
    for (const frame of writeFrames({ kind: 'update', bytes }, number)) end.send(frame);
  }
  vi.advanceTimersByTime(1_000);

  expect(applied.mock.calls.length).toBeLessThan(2_500);
  expect(page.notices).toContain('flood');

  Y.applyUpdate(other.document.doc, Y.encodeStateAsUpdate(author));
  other.write(0, 'after');
  vi.advanceTimersByTime(20_000);

  expect(page.read()).toEqual(other.read());
});

test('a channel that its connection closes without an event is missed', () => {
  const { page, end } = meet();
  const wire = join([page, new Page()]);
  vi.advanceTimersByTime(1_000);
  wire.cut(false);
  vi.advanceTimersByTime(6_000);

  expect(end.readyState).toBe('open');
  expect(page.sync.state).toBe('closed');
  expect(page.sync.isMissing(Date.now())).toBe(true);
});

test('the sign is given with each channel, and to a page whose tools were still loading, as long as it stands', () => {
  const [listener, speaker] = [new Page(), new Page()];
  listener.line.setListening(true);
  join([listener, speaker]);
  vi.advanceTimersByTime(200);

  expect(speaker.line.hasListener).toBe(true);

  speaker.line.stop();
  const reloaded = new Page(speaker.kept);
  const wire = new FakeWire(40);
  listener.line.use(wire.ends[0]);
  wire.open();
  vi.advanceTimersByTime(200);
  reloaded.line.use(wire.ends[1]);
  vi.advanceTimersByTime(3_000);

  expect(reloaded.line.hasListener).toBe(true);

  listener.line.setListening(false);
  vi.advanceTimersByTime(200);

  expect(reloaded.line.hasListener).toBe(false);
  for (const { line } of [listener, reloaded]) line.stop();
});

test('a sign goes with its channel', () => {
  const pages: [Page, Page] = [new Page(), new Page()];
  const wire = join(pages);
  pages[0].line.setListening(true);
  vi.advanceTimersByTime(200);
  wire.cut(true);

  expect(pages[1].line.hasListener).toBe(false);
  for (const { line } of pages) line.stop();
});

test('what is shown comes after the edits, of each kind the newest, and goes with the channel', () => {
  const [one, other] = [new Page(), new Page()];
  const shown: string[] = [];
  other.line.onShown = ({ kind, bytes }) => shown.push(`${kind} ${bytes.join(' ')}`);
  one.line.show({ kind: 'pointer', bytes: Uint8Array.of(0) });
  const wire = new FakeWire(5);
  one.line.use(wire.ends[0]);
  other.line.use(wire.ends[1]);
  one.line.show({ kind: 'pointer', bytes: Uint8Array.of(1) });
  one.line.show({ kind: 'look-here', bytes: Uint8Array.of(9) });
  one.line.show({ kind: 'pointer', bytes: Uint8Array.of(2) });
  wire.open();
  vi.advanceTimersByTime(2_000);

  expect(shown).toEqual(['pointer 2', 'look-here 9']);

  other.line.use(null);

  expect(shown.slice(2)).toEqual(['pointer ']);
  for (const page of [one, other]) page.line.stop();
});

const said = { number: 1, isFinal: true, language: 'es-ES', text: 'Hola.' };

test('captions cross the line beside the document, also to a page whose tools were still loading', () => {
  const pages: [Page, Page] = [new Page(), new Page()];
  pages[0].line.captions.setOwn({ isWanted: true, writing: 'on' });
  const wire = new FakeWire(40);
  pages[0].line.use(wire.ends[0]);
  wire.open();
  vi.advanceTimersByTime(3_000);
  pages[1].line.use(wire.ends[1]);
  vi.advanceTimersByTime(10_000);
  pages[0].line.captions.say(said, Date.now());
  pages[0].write(0, 'gato');
  vi.advanceTimersByTime(200);

  const { captions } = pages[1].line;
  expect(captions.theirs).toEqual({ isWanted: true, writing: 'on' });
  expect(captions.log.lines.map(({ text }) => text)).toEqual(['Hola.']);
  expect(pages[1].read()).toEqual(pages[0].read());
  for (const { line } of pages) line.stop();
});

test('what was said while the channel was away comes when it is back, and a page of rubbish is told', () => {
  const pages: [Page, Page] = [new Page(), new Page()];
  join(pages).cut(true);
  pages[0].line.captions.say(said, Date.now());
  const wire = join(pages);
  vi.advanceTimersByTime(200);

  expect(pages[1].line.captions.log.lines).toHaveLength(1);

  for (const frame of writeFrames({ kind: 'caption', bytes: Uint8Array.of(1) }, 900)) {
    wire.ends[0].send(frame);
  }
  vi.advanceTimersByTime(200);

  expect(pages[1].notices).toEqual(['unreadable']);
  expect(pages[1].sync.state).toBe('together');
  for (const { line } of pages) line.stop();
});

test('an offer of a file that comes while what takes it is loading waits, and a hundred of them at most', () => {
  const { page, end } = meet();
  for (let number = 0; number < 150; number += 1)
    for (const frame of writeFrames({ kind: 'file-offer', bytes: Uint8Array.of(number) }, number))
      end.send(frame);
  vi.advanceTimersByTime(1_000);
  const files = {
    isHeld: false,
    open: vi.fn(),
    close: vi.fn(),
    greet: vi.fn(),
    tick: vi.fn(),
    takeWord: () => null,
    takePiece: () => null,
    expects: () => false,
    receive: vi.fn(() => 'taken' as const),
  };
  page.line.carry(files);

  expect(files.open).toHaveBeenCalledOnce();
  expect(files.receive).toHaveBeenCalledTimes(100);
  expect(page.notices).toEqual([]);
  page.line.stop();
});
