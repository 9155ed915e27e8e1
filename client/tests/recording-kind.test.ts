// What kind of file a recording becomes, in each browser.

import { expect, test } from 'vitest';
import { chooseKind } from '../src/classroom/recording-kind';

const CHROME: readonly string[] = [
  'video/webm;codecs=vp8,opus',
  'video/webm;codecs=vp9,opus',
  'video/webm',
  'video/mp4',
];
const SAFARI: readonly string[] = [
  'video/mp4;codecs=avc1.42E01E,mp4a.40.2',
  'video/mp4',
  'video/webm;codecs=vp8,opus',
];

test.each([
  ['Chrome', CHROME, false, { type: 'video/webm;codecs=vp8,opus', ending: 'webm' }],
  ['Safari', SAFARI, true, { type: 'video/mp4;codecs=avc1.42E01E,mp4a.40.2', ending: 'mp4' }],
  ['a browser of MP4 alone', ['video/mp4'], false, { type: 'video/mp4', ending: 'mp4' }],
  ['a browser without any', [], false, null],
] as const)('%s', (_name, types: readonly string[], isApple, kind) => {
  expect(chooseKind((type) => types.includes(type), isApple)).toEqual(kind);
});
