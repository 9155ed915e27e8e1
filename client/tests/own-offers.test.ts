// Which own offer stands, and until when it is sent again.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OwnOffers } from '../src/call/transport/own-offers';

const onUnanswered = vi.fn();
let offers: OwnOffers;
let made: number;

beforeEach(() => {
  vi.useFakeTimers();
  onUnanswered.mockReset();
  made = 0;
  offers = new OwnOffers(() => {
    made += 1;
    return made;
  }, onUnanswered);
});

afterEach(() => void vi.useRealTimers());

test('an answer fits the newest offer, or comes from a page that does not count', () => {
  offers.begin();
  offers.begin();

  expect([offers.number, ...[1, 2, null].map((number) => offers.isCurrent(number))]).toEqual([
    2,
    false,
    true,
    true,
  ]);
});

test('an offer is answered until a newer one stands', () => {
  offers.begin();

  expect(offers.isAnswered).toBe(false);

  offers.noteAnswer();

  expect(offers.isAnswered).toBe(true);

  offers.begin();

  expect(offers.isAnswered).toBe(false);
});

test('one that is sent twice is repeated once, and one that is answered never', () => {
  offers.awaitAnswer();
  vi.advanceTimersByTime(3_000);
  offers.awaitAnswer();
  vi.advanceTimersByTime(3_999);

  expect(onUnanswered).not.toHaveBeenCalled();

  vi.advanceTimersByTime(1);

  expect(onUnanswered).toHaveBeenCalledOnce();

  offers.awaitAnswer();
  offers.stopWaiting();
  vi.runAllTimers();

  expect(onUnanswered).toHaveBeenCalledOnce();
});
