import { describe, expect, test } from 'vitest';
import { planReconnect } from '../src/call/transport/reconnect';

const lost = { attempt: 0, closeCode: 1006, final: false, random: 0 };

describe('planReconnect', () => {
  test('a lost socket is tried again at once', () => {
    expect(planReconnect(lost)).toBe(0);
  });

  test('the tries stay close together at first, then come every eight seconds, and never end', () => {
    const delays = [1, 2, 3, 4, 15, 16, 1_000].map((attempt) =>
      planReconnect({ ...lost, attempt, random: 1 }),
    );

    expect(delays).toEqual([500, 1_000, 2_000, 2_000, 2_000, 8_000, 8_000]);
  });

  test('jitter spreads the tries over the upper half of the wait', () => {
    const delay = (random: number) => planReconnect({ ...lost, attempt: 50, random });

    expect([delay(0), delay(0.5)]).toEqual([4_000, 6_000]);
  });

  test.each([4400, 4401, 4403, 4408, 4409, 4410, 4429])(
    'after close code %i there is no next try',
    (closeCode) => {
      expect(planReconnect({ ...lost, closeCode })).toBeNull();
    },
  );

  test.each([1000, 1006, 1009, 1011, 1012, 1013, 4413])('after close code %i there is', (closeCode) => {
    expect(planReconnect({ ...lost, closeCode })).toBe(0);
  });

  test('a browser that closes the socket of a page that is going has time to let it go', () => {
    expect(planReconnect({ ...lost, closeCode: 1001 })).toBe(2_000);
  });

  test('a final error is final whatever the close code says', () => {
    expect(planReconnect({ ...lost, final: true })).toBeNull();
  });
});
