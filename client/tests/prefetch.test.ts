// What the inline script asked for: one answer, taken once, and never left open.

import { afterEach, expect, test, vi } from 'vitest';
import { type Chosen, NOTHING_CHOSEN } from '../src/call/media/device-choices';
import { constraintsOf } from '../src/call/media/device-permissions';
import { openDevices } from '../src/call/media/open-devices';
import { Computer, settle } from './fake-computer';

const BOTH = { audio: true, video: true };

afterEach(() => {
  globalThis.langdaoMedia = undefined;
  vi.unstubAllGlobals();
});

/** Ask as room/inline.ts does. */
function ask(chosen: Chosen, may = true) {
  const constraints = constraintsOf(BOTH, chosen);
  const stream = may ? navigator.mediaDevices.getUserMedia(constraints) : Promise.resolve(null);
  globalThis.langdaoMedia = { constraints, mayOpen: Promise.resolve(may), stream };
}

test('the prefetched devices are taken once', async () => {
  const computer = new Computer('camera one', 'microphone one');
  ask(NOTHING_CHOSEN);

  const first = await openDevices(BOTH, NOTHING_CHOSEN);
  const second = await openDevices(BOTH, NOTHING_CHOSEN);

  expect(computer.opened).toEqual([first.audio, first.video, second.audio, second.video]);
});

test('another choice of device gets its own stream, and the prefetched one is stopped', async () => {
  const computer = new Computer('camera one', 'camera two', 'microphone one');
  ask(NOTHING_CHOSEN);

  const opened = await openDevices(BOTH, { ...NOTHING_CHOSEN, camera: 'camera-two' });
  await settle();

  expect(opened.video?.label).toBe('camera two');
  expect(computer.live()).toEqual([opened.audio, opened.video]);
});

test('where the browser would have asked the person, it is asked when they want it to be', async () => {
  const computer = new Computer('camera one', 'microphone one');
  ask(NOTHING_CHOSEN, false);

  const opened = await openDevices(BOTH, NOTHING_CHOSEN);

  expect(computer.live()).toEqual([opened.audio, opened.video]);
});

test('a refusal is named as any other', async () => {
  new Computer();
  ask(NOTHING_CHOSEN);

  expect((await openDevices(BOTH, NOTHING_CHOSEN)).problem).toBe('not-found');
});
