// The captions of one page: who wishes what, what the browser can, and when its recogniser runs.

import { signal } from '@preact/signals';
import { beforeEach, expect, test, vi } from 'vitest';
import { writeCaption } from '../src/classroom/caption-frame';
import { CaptionTalk } from '../src/classroom/caption-talk';
import type { Found } from '../src/classroom/recogniser-rules';
import { Captions, type Heard } from '../src/room/classroom/captions';
import { until } from './until';

const ON_DEVICE: Found = { way: 'device', tag: 'es-ES' };
const BY_SERVICE: Found = { way: 'service', tag: 'es-ES' };
const DOWNLOAD: Found = { way: 'download', tag: 'es-ES' };

function make(found: Found | null) {
  const isReading = signal(false);
  const recogniser = { start: vi.fn(), stop: vi.fn() };
  const heard: { now?: Heard } = {};
  const findWay = vi.fn(async () => found);
  const install = vi.fn(async () => true);
  const makeRecogniser = vi.fn((_: Found, ports: Heard) => {
    heard.now = ports;
    return recogniser;
  });
  const openTools = vi.fn();
  const now = { ms: 7 };
  const captions = new Captions(
    { isReading, findWay, install, makeRecogniser, clock: () => now.ms, openTools },
    'es',
  );
  const talk = new CaptionTalk(() => undefined);
  const told = vi.spyOn(talk, 'setOwn');
  captions.connect(talk);
  captions.setHeard(true);
  return {
    captions,
    talk,
    told,
    isReading,
    recogniser,
    heard,
    findWay,
    install,
    makeRecogniser,
    openTools,
    now,
  };
}

type Made = ReturnType<typeof make>;

const sign = (talk: CaptionTalk, isWanted: boolean, writing = 0) =>
  talk.receive('captioning', Uint8Array.of((isWanted ? 1 : 0) | (writing << 1)), 0);

const stateOf = ({ captions }: Made) => captions.view.value.state;

async function reach(made: Made, state: string): Promise<void> {
  await until(() => expect(stateOf(made)).toBe(state));
}

let made: Made;

beforeEach(() => {
  made = make(ON_DEVICE);
});

test('the other asks, and nothing is written before the yes', async () => {
  sign(made.talk, true);
  await reach(made, 'asking');

  expect(made.makeRecogniser).not.toHaveBeenCalled();

  made.captions.agree();

  expect(made.recogniser.start).toHaveBeenCalledOnce();
  expect(made.told).toHaveBeenLastCalledWith({ isWanted: false, writing: 'on' });
});

test('who asks twice is one question, and a no ends it until they ask anew', async () => {
  sign(made.talk, true);
  sign(made.talk, true);
  await reach(made, 'asking');

  expect(made.findWay).toHaveBeenCalledOnce();

  made.captions.decline();
  sign(made.talk, true);

  expect(stateOf(made)).toBe('declined');
  expect(made.told).toHaveBeenLastCalledWith({ isWanted: false, writing: 'declined' });

  sign(made.talk, false);
  sign(made.talk, true);
  await reach(made, 'asking');
});

test('who wants them, and wants them not, a thousand times a second asks five times, and then once a minute', async () => {
  const toggle = () => {
    for (let time = 0; time < 1_000; time += 1)
      for (const isWanted of [true, false]) sign(made.talk, isWanted);
    sign(made.talk, true);
  };
  toggle();

  expect(made.findWay).toHaveBeenCalledTimes(5);
  expect(stateOf(made)).toBe('off');

  made.now.ms += 60_000;
  sign(made.talk, false);
  toggle();

  expect(made.findWay).toHaveBeenCalledTimes(6);

  // The own wish is no question of theirs.
  made.captions.wish();
  await reach(made, 'on');
});

test('who no longer reads takes the question back, and ends what was written for them', async () => {
  sign(made.talk, true);
  await reach(made, 'asking');
  sign(made.talk, false);

  expect(stateOf(made)).toBe('off');

  sign(made.talk, true);
  await reach(made, 'asking');
  made.captions.agree();
  sign(made.talk, false);

  expect(made.recogniser.stop).toHaveBeenCalled();
  expect(stateOf(made)).toBe('off');
});

test('the own wish on the own device needs no question, and is not ended by the other', async () => {
  made.captions.wish();
  await reach(made, 'on');
  sign(made.talk, true);
  sign(made.talk, false);

  expect(stateOf(made)).toBe('on');
});

test('the own wish needs a yes where a service would hear it', async () => {
  made = make(BY_SERVICE);
  made.captions.wish();
  await reach(made, 'asking');

  expect(made.makeRecogniser).not.toHaveBeenCalled();
});

test('a language is fetched after a yes, and then written', async () => {
  made = make(DOWNLOAD);
  sign(made.talk, true);
  await reach(made, 'asking');

  expect(made.install).not.toHaveBeenCalled();

  made.captions.agree();

  expect(stateOf(made)).toBe('installing');
  await reach(made, 'on');
  expect(made.install).toHaveBeenCalledExactlyOnceWith('es-ES');
});

test('a language that does not come is told, and one that comes too late is not written', async () => {
  made = make(DOWNLOAD);
  made.install.mockResolvedValueOnce(false);
  made.captions.wish();
  await reach(made, 'asking');
  made.captions.agree();
  await reach(made, 'failed');

  expect(made.told).toHaveBeenLastCalledWith({ isWanted: false, writing: 'unable' });

  made.captions.wish();
  await reach(made, 'asking');
  made.captions.agree();
  made.captions.stop();
  await Promise.resolve();

  expect(stateOf(made)).toBe('off');
});

test('a browser that cannot is told to the other', async () => {
  made = make(null);
  sign(made.talk, true);
  await reach(made, 'unable');

  expect(made.told).toHaveBeenLastCalledWith({ isWanted: false, writing: 'unable' });
});

test('a recogniser that gave up is told', async () => {
  made.captions.wish();
  await reach(made, 'on');
  made.heard.now?.onGivenUp();

  expect(stateOf(made)).toBe('failed');
});

test('while the microphone is off nothing is heard, and what was being said stays', async () => {
  made.captions.wish();
  await reach(made, 'on');
  made.heard.now?.onInterim('hasta aquí');
  made.captions.setHeard(false);

  expect(made.recogniser.stop).toHaveBeenCalledOnce();
  expect(made.talk.log.lines.map(({ text, isOwn }) => [text, isOwn])).toEqual([['hasta aquí', true]]);

  made.captions.setHeard(true);
  made.captions.restart();

  expect(made.recogniser.start).toHaveBeenCalledTimes(3);
});

test('a yes with the microphone off begins with the microphone', async () => {
  made.captions.setHeard(false);
  made.captions.wish();
  await reach(made, 'on');

  expect(made.recogniser.start).not.toHaveBeenCalled();

  made.captions.restart();
  made.captions.setHeard(true);

  expect(made.recogniser.start).toHaveBeenCalledOnce();
});

test('a speech of a minute goes in pieces, each with its number', async () => {
  made.captions.wish();
  await reach(made, 'on');
  made.heard.now?.onInterim('palabra '.repeat(100));

  expect(made.captions.view.value.log.own?.text.length).toBeLessThanOrEqual(500);

  made.heard.now?.onFinal('palabra '.repeat(100));
  made.heard.now?.onInterim('y');

  expect(made.talk.log.lines.map(({ text }) => text.length <= 500)).toEqual([true, true]);
  expect(made.talk.log.own?.number).toBe(2);
});

test('the other’s captions open by themselves once, and who closes them keeps them closed', () => {
  sign(made.talk, false, 1);

  expect(made.isReading.value).toBe(true);

  made.captions.tell();
  made.isReading.value = false;
  made.captions.tell();
  sign(made.talk, false, 0);
  sign(made.talk, false, 1);

  expect(made.isReading.value).toBe(false);
});

test('who reads tells the other page, and has the tools loaded', () => {
  made.isReading.value = true;
  made.captions.tell();

  expect(made.told).toHaveBeenLastCalledWith({ isWanted: true, writing: 'off' });
  expect(made.openTools).toHaveBeenCalledOnce();
});

test('another language is looked for anew', async () => {
  made.captions.setLanguage('fr');

  expect(made.findWay).not.toHaveBeenCalled();

  made.captions.wish();
  await reach(made, 'on');
  made.captions.setLanguage('ja');
  await reach(made, 'on');

  expect(made.findWay.mock.calls).toEqual([['fr'], ['ja']]);
});

test('what the other says is shown', () => {
  const caption = { number: 1, isFinal: true, language: 'es', text: 'Hola.' };
  made.talk.receive('caption', writeCaption(caption), 0);

  expect(made.captions.view.value.log.lines.map(({ text }) => text)).toEqual(['Hola.']);
});
