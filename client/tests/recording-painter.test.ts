// A frame of a recording: the pictures that are on, and a name for each person also where there is none.

import { expect, test } from 'vitest';
import { paintFrame } from '../src/classroom/recording-painter';
import { makeCanvas } from './fake-canvas';

const video = (videoWidth: number) =>
  ({ videoWidth, videoHeight: 480, readyState: 4, HAVE_CURRENT_DATA: 2 }) as unknown as HTMLVideoElement;

function drawn(film: Parameters<typeof paintFrame>[1]): readonly string[] {
  const canvas = makeCanvas();
  paintFrame(canvas.getContext() as CanvasRenderingContext2D, film);
  return canvas.drawn.filter((each) => !each.startsWith('fillRect'));
}

test('both people are drawn with their names', () => {
  expect(
    drawn({
      remote: { picture: video(640), name: 'Ana' },
      own: { picture: video(640), name: 'Bo' },
      screen: null,
    }),
  ).toEqual(['drawImage', 'fillText Ana', 'drawImage', 'fillText Bo']);
});

test('a camera that is off, or has no frame yet, leaves the name', () => {
  expect(
    drawn({ remote: { picture: null, name: 'Ana' }, own: { picture: video(0), name: 'Bo' }, screen: null }),
  ).toEqual(['fillText Ana', 'fillText Bo']);
});

test('a shared screen comes first', () => {
  expect(
    drawn({ remote: { picture: null, name: 'A' }, own: { picture: null, name: 'B' }, screen: video(1_920) }),
  ).toEqual(['drawImage', 'fillText A', 'fillText B']);
});
