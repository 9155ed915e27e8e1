// The pictures on the board: small before they are shared, measured before they are decoded.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeSmall, PICTURES_MAX, PictureCache, SIDE_MAX, shrink } from '../src/classroom/board-pictures';
import { PICTURE_BYTES_MAX } from '../src/classroom/board-shapes';
import { BOX, jpegOf, PICTURE } from './board-drawings';
import { fakePage } from './fake-canvas';
import { until } from './until';

const decode = vi.fn();

beforeEach(() => {
  fakePage();
  decode.mockReset();
  decode.mockImplementation(async () => ({ width: 4_000, height: 1_000, close: vi.fn() }));
  vi.stubGlobal('createImageBitmap', decode);
});

afterEach(() => vi.unstubAllGlobals());

test('a large picture becomes a small one, and a small one stays', () => {
  expect(shrink(4_000, 1_000)).toEqual({ across: SIDE_MAX, down: 320 });
  expect(shrink(1, 30_000)).toEqual({ across: 1, down: SIDE_MAX });
  expect(shrink(100, 50)).toEqual({ across: 100, down: 50 });
});

test('a picture is written in the best quality that fits', async () => {
  const small = await makeSmall(new Blob([new Uint8Array(9)]));

  expect(small).toMatchObject({ across: SIDE_MAX, down: 320 });
  expect(small?.jpeg.byteLength).toBe(200_000);
  expect(small?.jpeg.byteLength).toBeLessThanOrEqual(PICTURE_BYTES_MAX);
});

test('what is no picture, or too large to look at, is none', async () => {
  decode.mockRejectedValue(new Error('InvalidStateError'));

  expect(await makeSmall(new Blob(['<svg onload="alert(1)"/>']))).toBeNull();
  expect(await makeSmall({ size: 60 * 1_048_576 } as Blob)).toBeNull();
});

test('a picture is decoded once, when it is first drawn, and then it is told', async () => {
  const told = vi.fn();
  const cache = new PictureCache(told);
  const shape = { ...PICTURE, jpeg: jpegOf(100, 50) };

  expect([cache.get(shape), cache.get({ ...shape, x: 99 })]).toEqual([null, null]);
  await until(() => expect(told).toHaveBeenCalledExactlyOnceWith(shape));

  expect(cache.get(shape)).toMatchObject({ width: 4_000 });
  expect(decode).toHaveBeenCalledOnce();
});

test('what claims to be enormous, or is no JPEG, is never decoded', () => {
  const cache = new PictureCache(vi.fn());
  for (const jpeg of [jpegOf(60_000, 60_000), new TextEncoder().encode('<svg/>'), null])
    expect(cache.get({ ...PICTURE, jpeg })).toBeNull();
  expect(cache.get(BOX)).toBeNull();

  expect(decode).not.toHaveBeenCalled();
});

test('what cannot be decoded takes no place from what can, and is tried once', async () => {
  const told = vi.fn();
  const cache = new PictureCache(told);
  const broken = Array.from({ length: 2 * PICTURES_MAX }, (_, key) => ({
    ...PICTURE,
    key: String(key),
    jpeg: key % 2 ? jpegOf(100, 50) : new Uint8Array(9),
  }));
  decode.mockRejectedValue(new Error('InvalidStateError'));
  for (const shape of broken) cache.get(shape);
  await until(() => expect(told).toHaveBeenCalledTimes(PICTURES_MAX));
  for (const shape of broken) expect(cache.get(shape)).toBeNull();
  expect(decode).toHaveBeenCalledTimes(PICTURES_MAX);

  decode.mockResolvedValue({ width: 4_000, height: 1_000, close: vi.fn() });
  const whole = { ...PICTURE, key: 'whole', jpeg: jpegOf(100, 50) };
  cache.get(whole);
  await until(() => expect(told).toHaveBeenLastCalledWith(whole));

  expect(cache.get(whole)).toMatchObject({ width: 4_000 });
});

test('no more than some dozen are decoded, and one that goes makes room', async () => {
  const told = vi.fn();
  const cache = new PictureCache(told);
  const shapes = Array.from({ length: PICTURES_MAX + 1 }, (_, key) => ({
    ...PICTURE,
    key: String(key),
    jpeg: jpegOf(100, 50),
  }));
  for (const shape of shapes) cache.get(shape);
  await until(() => expect(told).toHaveBeenCalledTimes(PICTURES_MAX));

  const [first, last] = [shapes[0], shapes[PICTURES_MAX]];
  if (!first || !last) return;
  expect(cache.get(last)).toBeNull();
  cache.forget(first);
  cache.get(last);

  await until(() => expect(told).toHaveBeenCalledTimes(PICTURES_MAX + 1));
});

test('one that is gone before it is decoded is closed, and broken bytes stay a grey place', async () => {
  const close = vi.fn();
  decode.mockResolvedValueOnce({ close });
  const told = vi.fn();
  const cache = new PictureCache(told);
  const shape = { ...PICTURE, jpeg: jpegOf(100, 50) };
  cache.get(shape);
  cache.forget(shape);
  await until(() => expect(close).toHaveBeenCalledOnce());

  expect(told).not.toHaveBeenCalled();

  decode.mockRejectedValueOnce(new Error('EncodingError'));
  cache.get(shape);
  await until(() => expect(told).toHaveBeenCalledOnce());

  expect(cache.get(shape)).toBeNull();
});
