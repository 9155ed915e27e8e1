import { expect, test } from 'vitest';
import { OfferGate } from '../src/call/transport/offer-gate';

test('ten offers are answered at once', () => {
  const gate = new OfferGate();
  for (let each = 0; each < 10; each += 1) {
    expect(gate.waitMs(each)).toBe(0);
    gate.note(each);
  }
});

test('the eleventh within ten seconds waits for the first of them to be that old', () => {
  const gate = new OfferGate();
  for (let each = 0; each < 10; each += 1) gate.note(each * 100);

  expect(gate.waitMs(1_000)).toBe(9_000);
  expect(gate.waitMs(10_000)).toBe(0);
});

test('a side that offers for ever is answered once a second on average', () => {
  const gate = new OfferGate();
  let answered = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 50) {
    if (gate.waitMs(nowMs) > 0) continue;
    gate.note(nowMs);
    answered += 1;
  }

  expect(answered).toBe(60);
});
