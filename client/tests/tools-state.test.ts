// When the tools are loaded: not before somebody opens one, and then once.

import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { CaptionTalk } from '../src/classroom/caption-talk';
import { RecordingTalk } from '../src/classroom/recording-talk';
import { Tools } from '../src/room/classroom/tools-state';
import { until } from './until';

const STATUS = { isMissing: false, isFull: false, notices: [], hasListener: false };

function make() {
  const classroom = {
    captions: new CaptionTalk(() => undefined),
    recording: new RecordingTalk(() => undefined),
    doc: new Y.Doc(),
    restored: Promise.resolve(),
    status: STATUS,
    theirCaret: new Uint8Array(),
    onCaret: vi.fn(),
    onShown: vi.fn(),
    showOther: vi.fn(),
    use: vi.fn(),
    moveCaret: vi.fn(),
    hold: vi.fn(),
    setListening: vi.fn(),
    carry: vi.fn(),
    send: vi.fn(),
    stop: vi.fn(),
  };
  const load = vi.fn(async () => classroom);
  return { tools: new Tools(load), classroom, load };
}

const makeChannel = () => ({ onmessage: null }) as unknown as RTCDataChannel;

function hear(channel: RTCDataChannel): void {
  channel.onmessage?.({ data: new ArrayBuffer(13) } as MessageEvent);
}

test('nothing is loaded while nobody opens a tool', () => {
  const { tools, load } = make();
  tools.use(makeChannel());
  tools.use(null);

  expect(load).not.toHaveBeenCalled();
});

test('what the other page says opens them here, once, over the newest channel', async () => {
  const { tools, classroom, load } = make();
  const [first, second] = [makeChannel(), makeChannel()];
  tools.use(first);
  hear(first);
  hear(first);
  tools.use(second);
  await until(() => expect(tools.classroom.value).toBe(classroom));

  expect(load).toHaveBeenCalledOnce();
  expect(classroom.use.mock.calls).toEqual([[second]]);
  expect(tools.status.value).toBe(STATUS);
});

test('each later connection’s channel goes to the tools', async () => {
  const { tools, classroom } = make();
  await tools.open();
  const channel = makeChannel();
  tools.use(channel);

  expect(classroom.use).toHaveBeenLastCalledWith(channel);
  expect(channel.onmessage).toBeNull();
});

test('a person who hears something again opens the tools, and a sign that was taken away meanwhile is not given', async () => {
  const { tools, classroom, load } = make();
  tools.setListening(false);

  expect(load).not.toHaveBeenCalled();

  tools.setListening(true);
  tools.setListening(false);
  await until(() => expect(tools.classroom.value).toBe(classroom));

  expect(classroom.setListening.mock.calls).toEqual([[false]]);

  tools.setListening(true);

  expect(classroom.setListening).toHaveBeenLastCalledWith(true);
});

test('after the end nothing is loaded, and what was loaded meanwhile stops', async () => {
  const { tools, classroom } = make();
  const opening = tools.open();
  tools.stop();
  await opening;

  expect(classroom.stop).toHaveBeenCalledOnce();
  expect(tools.classroom.value).toBeNull();

  const late = make();
  late.tools.stop();
  await late.tools.open();

  expect(late.load).not.toHaveBeenCalled();
});
