// What two pages say to each other about one document, message by message.

import { beforeEach, describe, expect, test } from 'vitest';
import {
  DocumentSync,
  type SharedDocument,
  SYNC_NEXT,
  type SyncNotice,
  type SyncState,
  type Taken,
} from '../src/classroom/document-sync';
import type { ToolMessage } from '../src/classroom/tool-frames';

/** A document that is a set of numbers, each a byte: what it has is its vector, and an update is some of them. */
class Numbers implements SharedDocument {
  readonly has = new Set<number>();
  refuses: Taken | null = null;

  readVector = () => Uint8Array.from([...this.has].sort());
  readDifference(vector: Uint8Array): Uint8Array {
    if (vector.includes(255)) throw new Error('no vector');
    return Uint8Array.from([...this.has].filter((each) => !vector.includes(each)));
  }
  mergeUpdates = (updates: readonly Uint8Array[]) => Uint8Array.from(updates.flatMap((each) => [...each]));
  receiveUpdate(update: Uint8Array): Taken {
    if (this.refuses) return this.refuses;
    for (const each of update) this.has.add(each);
    return 'taken';
  }
}

let document: Numbers;
let notices: SyncNotice[];
let sync: DocumentSync;
let nowMs: number;

beforeEach(() => {
  document = new Numbers();
  notices = [];
  nowMs = 1_000;
  sync = new DocumentSync(document, (notice) => notices.push(notice), nowMs);
});

function sendAll(): ToolMessage[] {
  const sent: ToolMessage[] = [];
  for (let message = sync.next(nowMs); message; message = sync.next(nowMs)) sent.push(message);
  return sent;
}

function pass(ms: number): ToolMessage[] {
  const sent: ToolMessage[] = [];
  for (let passed = 0; passed < ms; passed += 500) {
    nowMs += 500;
    sync.tick(nowMs);
    sent.push(...sendAll());
  }
  return sent;
}

const hello = (wantsAnswer: boolean, ...has: number[]): ToolMessage => ({
  kind: 'hello',
  wantsAnswer,
  bytes: Uint8Array.from(has),
});
const difference = (...has: number[]): ToolMessage => ({ kind: 'difference', bytes: Uint8Array.from(has) });
const update = (...has: number[]): ToolMessage => ({ kind: 'update', bytes: Uint8Array.from(has) });

function edit(number: number): void {
  document.has.add(number);
  sync.addEdit(Uint8Array.of(number));
}

function meet(): void {
  sync.open(nowMs);
  sync.receive(hello(true), nowMs);
  sendAll();
  sync.receive(difference(), nowMs);
}

test('who opens the channel says what it has; who is asked says the same and gives what the other lacks', () => {
  document.has.add(1).add(2);
  sync.open(nowMs);

  expect(sendAll()).toEqual([hello(true, 1, 2)]);

  sync.receive(hello(true, 2, 3), nowMs);

  expect(sendAll()).toEqual([hello(false, 1, 2), difference(1)]);
  expect(sync.state).toBe('given');

  sync.receive(difference(3), nowMs);

  expect(sync.state).toBe('together');
  expect([...document.has]).toEqual([1, 2, 3]);
});

test('both ask at once, and each gives once', () => {
  sync.open(nowMs);
  sendAll();
  sync.receive(hello(true, 3), nowMs);
  sendAll();
  sync.receive(hello(false, 3), nowMs);
  nowMs += 2_000;

  expect(sendAll().filter(({ kind }) => kind === 'difference')).toEqual([]);
});

test('an edit goes out at once when both are together, and several as one', () => {
  meet();
  edit(7);
  edit(8);

  expect(sendAll()).toEqual([update(7, 8)]);
});

test('an edit before the other is there waits for the difference: nothing is queued', () => {
  sync.open(nowMs);
  sendAll();
  edit(5);

  expect(sendAll()).toEqual([]);

  sync.receive(hello(false), nowMs);

  expect(sendAll()).toEqual([difference(5)]);
});

test('the first word is said again while nobody answers, ever more rarely', () => {
  sync.open(nowMs);
  sendAll();

  expect(pass(30_000).map(({ kind }) => kind)).toEqual(Array(5).fill('hello'));
});

test('who has nothing to say pulses every two seconds', () => {
  meet();

  expect(pass(4_000).map(({ kind }) => kind)).toEqual(['pulse', 'pulse']);
});

describe('the caret', () => {
  const caret = (...places: number[]): ToolMessage => ({ kind: 'caret', bytes: Uint8Array.from(places) });

  test('goes out after the edits, and of several the newest', () => {
    meet();
    sync.moveCaret(Uint8Array.of(1));
    edit(7);
    sync.moveCaret(Uint8Array.of(2));

    expect(sendAll()).toEqual([update(7), caret(2)]);
  });

  test('waits for nobody, and is told to a page that comes later', () => {
    sync.moveCaret(Uint8Array.of(3));
    sync.open(nowMs);

    expect(sendAll().map(({ kind }) => kind)).toEqual(['hello']);

    sync.receive(hello(true), nowMs);

    expect(sendAll().pop()).toEqual(caret(3));
  });

  test('of the other is heard, and is nowhere once they are gone', () => {
    const heard: number[][] = [];
    sync.onCaret = (bytes) => heard.push([...bytes]);
    sync.receive(caret(9), nowMs);
    meet();
    sync.receive(caret(4), nowMs);
    pass(5_000);

    expect(heard).toEqual([[4], []]);
  });
});

describe('missing', () => {
  test('nobody is missing in the first five seconds', () => {
    expect(sync.isMissing(nowMs + 4_999)).toBe(false);
    expect(sync.isMissing(nowMs + 5_000)).toBe(true);
  });

  test('who has been silent for five seconds is missing, and is compared with when heard again', () => {
    meet();
    pass(5_000);

    expect(sync.isMissing(nowMs)).toBe(true);

    edit(9);
    sync.receive({ kind: 'pulse' }, nowMs);

    expect(sync.isMissing(nowMs)).toBe(false);
    expect(sendAll()).toEqual([hello(true, 9)]);
  });

  test('a long message on a slow line is no silence, and nobody asks again for what is coming', () => {
    meet();
    sync.receive(hello(true), nowMs);
    sendAll();
    for (let second = 0; second < 30; second += 1) {
      sync.receivePiece(nowMs);

      expect(pass(1_000).filter(({ kind }) => kind === 'hello')).toEqual([]);
    }
    expect(sync.isMissing(nowMs)).toBe(false);
  });

  test('a channel that closes is missing five seconds later', () => {
    meet();
    sync.close(nowMs);

    expect(sync.isMissing(nowMs + 4_999)).toBe(false);
    expect(sync.isMissing(nowMs + 5_000)).toBe(true);
  });
});

describe('bounds', () => {
  test('more edits than an update may have are forgotten, and compared', () => {
    meet();
    for (let part = 0; part < 17; part += 1) sync.addEdit(new Uint8Array(65_536));

    expect(sendAll()).toEqual([]);

    pass(3_000);
    sync.receive({ kind: 'pulse' }, nowMs);

    expect(pass(2_000).map(({ kind }) => kind)).toContain('hello');
    expect(sync.state).toBe('comparing');
  });

  test('who asks a hundred times in a second gets one difference', () => {
    meet();
    nowMs += 3_000;
    const sent: ToolMessage[] = [];
    for (let asked = 0; asked < 100; asked += 1) {
      nowMs += 9;
      sync.receive(hello(true), nowMs);
      sent.push(...sendAll());
    }

    expect(sent.filter(({ kind }) => kind === 'difference')).toHaveLength(1);
  });

  test('what cannot be read is told, and both compare, at most every five seconds', () => {
    meet();
    document.refuses = 'unreadable';
    const asked: ToolMessage[] = [];
    for (let second = 0; second < 20; second += 1) {
      sync.receive(update(1), nowMs);
      asked.push(...pass(1_000));
    }

    expect(notices).toContain('unreadable');
    expect(asked.filter(({ kind }) => kind === 'hello')).toHaveLength(4);
  });

  test('what is too much is told, and not asked for again', () => {
    meet();
    document.refuses = 'full';
    sync.receive(update(1), nowMs);

    expect(notices).toEqual(['full']);
    expect(pass(4_000).map(({ kind }) => kind)).toEqual(['pulse', 'pulse']);
  });

  test('a vector that is none is told, and the rest goes on', () => {
    meet();
    sync.receive(hello(true, 255), nowMs);
    nowMs += 1_000;
    sendAll();

    expect(notices).toEqual(['unreadable']);

    sync.receive(update(4), nowMs);

    expect([...document.has]).toEqual([4]);
  });

  test('whoever has not said what it has changes nothing', () => {
    sync.open(nowMs);
    sync.receive(update(1), nowMs);
    sync.receive(difference(2), nowMs);

    expect([...document.has]).toEqual([]);
    expect(sync.state).toBe('greeting');
  });
});

test('from every state one comes to every other, and always back to a closed channel', () => {
  const states = Object.keys(SYNC_NEXT) as SyncState[];
  const reach = (from: SyncState, found = new Set<SyncState>()): Set<SyncState> => {
    for (const to of Object.values(SYNC_NEXT[from])) {
      if (!found.has(to)) reach(to, found.add(to));
    }
    return found;
  };

  for (const state of states) expect([...reach(state)].sort()).toEqual([...states].sort());
  for (const state of states.filter((each) => each !== 'closed'))
    expect(SYNC_NEXT[state].closed).toBe('closed');
});
