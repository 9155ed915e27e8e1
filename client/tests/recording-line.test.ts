// The recording over the tools' line: a question and its answer, a line that is silent or cut, and rubbish.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DocumentSync } from '../src/classroom/document-sync';
import { LessonDocument } from '../src/classroom/lesson-document';
import type { RecordingTalk } from '../src/classroom/recording-talk';
import { writeFrames } from '../src/classroom/tool-frames';
import { ToolLine } from '../src/classroom/tool-line';
import { FakeWire } from './fake-channel';

const notices: string[] = [];
let lines: readonly [ToolLine, ToolLine];
let asks: RecordingTalk;
let answers: RecordingTalk;

function makeLine(): ToolLine {
  const notify = (notice: string) => notices.push(notice);
  const sync = new DocumentSync(new LessonDocument(() => undefined), notify, Date.now());
  return new ToolLine(sync, Date.now, notify, () => undefined);
}

function join(): FakeWire {
  const wire = new FakeWire(40);
  lines[0].use(wire.ends[0]);
  lines[1].use(wire.ends[1]);
  wire.open();
  vi.advanceTimersByTime(1_000);
  return wire;
}

function statesAfter(ms: number): readonly string[] {
  vi.advanceTimersByTime(ms);
  return [asks.state, answers.state];
}

function begin(): FakeWire {
  const wire = join();
  asks.ask(7, Date.now());
  expect(statesAfter(100)).toEqual(['asking', 'asked']);
  answers.agree(Date.now());
  expect(statesAfter(100)).toEqual(['recording', 'recorded']);
  return wire;
}

beforeEach(() => {
  vi.useFakeTimers();
  notices.length = 0;
  lines = [makeLine(), makeLine()];
  [asks, answers] = [lines[0].recording, lines[1].recording];
  answers.mayBeAsked = true;
});

afterEach(() => {
  for (const line of lines) line.stop();
  vi.useRealTimers();
});

test('a question and its answer go over the line, and either ends what is recorded', () => {
  begin();
  answers.stop(Date.now());

  expect(statesAfter(100)).toEqual(['stopping', 'off']);
});

test('it waits while nothing is heard, and goes on when something is', () => {
  const wire = begin();
  wire.isDeaf = true;
  expect(statesAfter(7_500)).toEqual(['held', 'recorded']);

  wire.isDeaf = false;
  expect(statesAfter(5_000)).toEqual(['recording', 'recorded']);
});

test('it waits at once for a channel that has closed, and goes on with the next', () => {
  const wire = begin();
  wire.cut(true);
  expect(statesAfter(0)).toEqual(['held', 'recorded']);

  join();
  expect(statesAfter(0)).toEqual(['recording', 'recorded']);
});

test('without another channel it ends', () => {
  begin().cut(true);

  expect(statesAfter(16_000)).toEqual(['stopping', 'off']);
});

test('a word that is too short is told, and changes nothing', () => {
  const wire = join();
  const [frame = new Uint8Array()] = writeFrames({ kind: 'recording', bytes: Uint8Array.of(1) }, 500);
  wire.ends[0].send(frame as Uint8Array<ArrayBuffer>);

  expect(statesAfter(100)).toEqual(['off', 'off']);
  expect(notices).toEqual(['unreadable']);
});
