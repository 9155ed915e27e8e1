import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBase64 } from '../src/base/base64';

test('a long one is put together from pieces', () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);

  expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
});

test('any bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(Uint8Array.from(atob(toBase64(bytes)), (sign) => sign.charCodeAt(0))).toEqual(bytes);
    }),
  );
});
