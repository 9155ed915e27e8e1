import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { canShareScreen, ScreenShare } from '../src/call/media/screen-share';
import { FakeTrack } from './fake-computer';

/** What the browser answers to the next question what to share. */
let answer: () => Promise<{ getVideoTracks: () => FakeTrack[]; getTracks: () => FakeTrack[] }>;
let told: (MediaStream | null)[];

function makeScreen(label = 'a window') {
  const track = new FakeTrack('video', label, label, {}, true);
  return { track, getVideoTracks: () => [track], getTracks: () => [track] };
}

function makeShare(): ScreenShare {
  return new ScreenShare((stream) => told.push(stream));
}

beforeEach(() => {
  told = [];
  vi.stubGlobal('navigator', { mediaDevices: { getDisplayMedia: () => answer() } });
  vi.stubGlobal('document', {});
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('it is told when it begins and when it is stopped, and nothing stays open', async () => {
  const screen = makeScreen();
  answer = () => Promise.resolve(screen);
  const share = makeShare();

  expect(await share.start()).toBe('shared');
  share.stop();
  share.stop();

  expect(told).toEqual([screen, null]);
  expect(screen.track.readyState).toBe('ended');
});

test('the browser’s own bar ends it', async () => {
  const screen = makeScreen();
  answer = () => Promise.resolve(screen);
  const share = makeShare();
  await share.start();

  screen.track.onended?.();

  expect(share.stream).toBeNull();
  expect(told).toEqual([screen, null]);
});

test('one that the browser’s own bar ended before the answer was there is not shared', async () => {
  const screen = makeScreen();
  screen.track.stop();
  answer = () => Promise.resolve(screen);

  expect(await makeShare().start()).toBe('declined');
  expect(told).toEqual([]);
});

test('another window takes the place of the first, which does not end it any more', async () => {
  const [first, second] = [makeScreen('one'), makeScreen('two')];
  const share = makeShare();
  answer = () => Promise.resolve(first);
  await share.start();
  answer = () => Promise.resolve(second);
  await share.start();

  first.track.onended?.();

  expect(share.stream).toBe(second);
  expect(first.track.readyState).toBe('ended');
});

test('a window that is chosen when the call is over by then is not watched', async () => {
  const screen = makeScreen();
  let choose: () => void = () => undefined;
  answer = () => new Promise((resolve) => (choose = () => resolve(screen)));
  const share = makeShare();

  const started = share.start();
  share.stop();
  choose();

  expect(await started).toBe('declined');
  expect(screen.track.readyState).toBe('ended');
  expect(told).toEqual([]);
});

test.each([
  ['the person chose nothing', { name: 'NotAllowedError', message: 'Permission denied' }, 'declined'],
  ['the system said no', { name: 'NotAllowedError', message: 'Permission denied by system' }, 'failed'],
  [
    'the page around this one does not pass it on, in Chromium',
    {
      name: 'NotAllowedError',
      message: 'Access to the feature "display-capture" is disallowed by permissions policy.',
    },
    'blocked',
  ],
  ['nothing could be captured', { name: 'NotReadableError', message: 'no' }, 'failed'],
])('%s', async (_what, error, outcome) => {
  answer = () => Promise.reject(error);

  expect(await makeShare().start()).toBe(outcome);
  expect(told).toEqual([]);
});

test('a choice that is thought better of leaves the screen that is shared', async () => {
  const screen = makeScreen();
  const share = makeShare();
  answer = () => Promise.resolve(screen);
  await share.start();
  answer = () => Promise.reject({ name: 'NotAllowedError', message: 'Permission denied' });

  await share.start();

  expect(share.stream).toBe(screen);
});

test.each([
  ['at once, in a frame', true, 0, 'blocked'],
  ['at once, in a window of its own', false, 0, 'declined'],
  ['after a person could have read the question', true, 1_000, 'declined'],
])('where the policy cannot be asked, a refusal %s', async (_when, isFramed, afterMs, outcome) => {
  vi.useFakeTimers();
  if (isFramed) vi.stubGlobal('parent', { around: 'this page' });
  answer = async () => {
    vi.advanceTimersByTime(afterMs);
    throw { name: 'NotAllowedError', message: 'The request is not allowed in the current context.' };
  };

  expect(await makeShare().start()).toBe(outcome);
});

test('a frame that may not share is known before', () => {
  const policy = { features: () => ['display-capture'], allowsFeature: () => false };
  vi.stubGlobal('document', { featurePolicy: policy });

  expect(canShareScreen()).toBe(false);
});

test('a browser that cannot is known before', () => {
  expect(canShareScreen()).toBe(true);
  vi.stubGlobal('navigator', { mediaDevices: {} });
  expect(canShareScreen()).toBe(false);
});
