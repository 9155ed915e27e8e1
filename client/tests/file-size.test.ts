// Sizes as people read them.

import { expect, test, vi } from 'vitest';
import { formatSize } from '../src/room/chat/file-size';

vi.stubGlobal('navigator', { languages: ['en'] });

test.each([
  [0, '0 byte'],
  [999, '999 byte'],
  [1_536, '1.5 kB'],
  [99_000, '97 kB'],
  [1_047_552, '1 MB'],
  [5_400_000, '5.1 MB'],
  [209_715_200, '200 MB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
