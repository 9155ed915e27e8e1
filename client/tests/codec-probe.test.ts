import { afterEach, expect, test, vi } from 'vitest';
import { recallEfficient } from '../src/call/transport/codec-choice';
import { probeCodecs } from '../src/call/transport/codec-probe';

const NOBODY = { supported: true, powerEfficient: false };
const HARDWARE = { supported: true, powerEfficient: true };

afterEach(() => vi.unstubAllGlobals());

/** A browser that answers each question about sending and receiving by the codec's name. */
function browse(answer: (what: string, name: string) => object) {
  const items = new Map<string, string>();
  const ask = (what: string) =>
    vi.fn(async ({ video }: { video: { contentType: string } }) =>
      answer(what, /^video\/(\w+)/.exec(video.contentType)?.[1] ?? ''),
    );
  const mediaCapabilities = { encodingInfo: ask('send'), decodingInfo: ask('receive') };
  vi.stubGlobal('navigator', { userAgent: 'browser 1', mediaCapabilities });
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  });
  return mediaCapabilities;
}

test('what hardware does both ways is kept for the next call', async () => {
  browse((what, name) => (name === 'H264' || (name === 'VP9' && what === 'receive') ? HARDWARE : NOBODY));

  await probeCodecs();

  expect(recallEfficient('browser 1')).toEqual(['H264']);
});

test('the browser is asked once, and again after its update', async () => {
  const { encodingInfo } = browse(() => NOBODY);

  await probeCodecs();
  await probeCodecs();

  expect(encodingInfo).toHaveBeenCalledTimes(3);
  expect(recallEfficient('browser 1')).toEqual([]);
  expect(recallEfficient('browser 2')).toBeNull();
});

test('a browser that does not know the question has said nothing', async () => {
  browse(() => {
    throw new TypeError('webrtc is no type');
  });

  await probeCodecs();

  expect(recallEfficient('browser 1')).toBeNull();
});

test('one without the question is not asked', async () => {
  vi.stubGlobal('navigator', { userAgent: 'browser 1' });

  await expect(probeCodecs()).resolves.toBeUndefined();
});

test.each(['7', '{', '{"browser":"browser 1","codecs":"AV1"}', 'null'])(
  'what is kept is not trusted: %s',
  (kept) => {
    vi.stubGlobal('localStorage', { getItem: () => kept });

    expect(recallEfficient('browser 1')).toBeNull();
  },
);
