// The small copy of the own picture: made where it saves, gone where it does not, and never open behind a person's back.

import { expect, test } from 'vitest';
import { OwnCopy } from '../src/room/side-effects/own-copy';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A camera's track and its copies. *couples*: the size of one is that of all. */
class Track {
  readonly copies: Track[] = [];
  isLive = true;
  settings: Size & { readonly resizeMode?: string };
  asked: unknown;

  constructor(
    size: Size,
    readonly couples = false,
    readonly canScale = true,
    readonly original: Track | null = null,
  ) {
    this.settings = { ...size, ...(canScale && { resizeMode: 'none' }) };
  }

  getSettings = () => this.settings;
  getConstraints = () => ({ width: { ideal: 1_280 } });

  clone(): Track {
    const copy = new Track(this.settings, this.couples, this.canScale, this);
    this.copies.push(copy);
    return copy;
  }

  async applyConstraints(wanted: { width: { ideal: number }; height?: { ideal: number } }): Promise<void> {
    this.asked = wanted;
    const size = { width: wanted.width.ideal, height: wanted.height?.ideal ?? 720 };
    this.settings = { ...this.settings, ...size };
    if (this.couples && this.original) this.original.settings = this.settings;
  }

  stop(): void {
    this.isLive = false;
  }
}

const LARGE = { width: 1_280, height: 720 };

function make(source = new Track(LARGE)) {
  const shown: (Track | null)[] = [];
  const copy = new OwnCopy((track) => shown.push(track as unknown as Track | null));
  const live = () => source.copies.filter(({ isLive }) => isLive);
  return { copy, shown, source, live, track: source as unknown as MediaStreamTrack };
}

/** What has been asked of the browser is done. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test('a small place shows a copy of its size, in the picture’s shape', async () => {
  const { copy, shown, live, track } = make();
  copy.place(272);
  copy.begin(track);
  await settled();

  expect(shown).toEqual(live());
  expect(shown[0]?.settings).toMatchObject({ width: 320, height: 180 });
});

test('a place that is too large for a copy to save anything shows the camera itself', async () => {
  const { copy, shown, live, track } = make();
  copy.place(272);
  copy.begin(track);
  await settled();
  copy.place(900);
  await settled();

  expect(shown.slice(1)).toEqual([null]);
  expect(live()).toEqual([]);
});

test('a change of a few pixels changes nothing; after a larger one the copy has another size, and stays shown', async () => {
  const { copy, source, shown, track } = make();
  copy.place(272);
  copy.begin(track);
  await settled();
  const widths = [];
  for (const placePx of [300, 340, 150]) {
    copy.place(placePx);
    await settled();
    widths.push(source.copies[0]?.settings.width);
  }

  expect(widths).toEqual([320, 480, 160]);
  expect(shown).toEqual(source.copies);
});

test('a camera that goes off has no copy left, not even one that is being made', async () => {
  const { copy, shown, live, track } = make();
  copy.place(272);
  copy.begin(track);
  copy.begin(null);
  const atOnce = live().length;
  await settled();

  expect([atOnce, live().length, shown]).toEqual([0, 0, []]);
});

test('where a copy’s size is the camera’s, the camera gets its own back and there is no other copy', async () => {
  const { copy, shown, source, live, track } = make(new Track(LARGE, true));
  copy.place(272);
  copy.begin(track);
  await settled();
  copy.place(500);
  await settled();

  expect([source.copies.length, live().length, shown]).toEqual([1, 0, []]);
  expect(source.settings).toMatchObject(LARGE);
});

test('a browser that does not scale tracks, and a small camera, are left alone', async () => {
  for (const source of [new Track(LARGE, false, false), new Track({ width: 640, height: 360 })]) {
    const { copy, track } = make(source);
    copy.place(400);
    copy.begin(track);
    await settled();

    expect(source.copies).toEqual([]);
  }
});
