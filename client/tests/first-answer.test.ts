// A page that has only answered makes its answer final before an own offer.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { applyAnswer, settleFirstAnswer } from '../src/call/transport/first-answer';
import { pass } from './fake-call';
import { FakeNetwork, FakePeerConnection, seeded } from './fake-network';

beforeEach(() => {
  vi.useFakeTimers();
  new FakeNetwork(seeded(1));
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Let what takes the fake connections' time come to its end. */
async function finish<T>(step: Promise<T>): Promise<T> {
  const [done] = await Promise.all([step, pass(500)]);
  return done;
}

async function offerTo(answering: FakePeerConnection): Promise<FakePeerConnection> {
  const offering = new FakePeerConnection({});
  const offer = await finish(offering.createOffer());
  await finish(offering.setLocalDescription(offer));
  await finish(answering.setRemoteDescription(offer));
  return offering;
}

const real = (fake: FakePeerConnection) => fake as unknown as RTCPeerConnection;

test('an own offer can be taken back after it, and not before it', async () => {
  const [rash, settled] = [new FakePeerConnection({}), new FakePeerConnection({})];
  for (const each of [rash, settled]) {
    await offerTo(each);
    await finish(applyAnswer(real(each)));
  }
  await finish(settleFirstAnswer(real(settled)));

  for (const each of [rash, settled]) {
    await finish(each.setLocalDescription(await finish(each.createOffer({ iceRestart: true }))));
    await finish(each.setLocalDescription({ type: 'rollback' }).catch(() => undefined));
  }

  expect(rash.faults).toEqual(['a rollback that takes the first answer with it']);
  expect(settled.faults).toEqual([]);
});

test('it agrees on what was agreed before', async () => {
  const answering = new FakePeerConnection({});
  await offerTo(answering);
  await finish(applyAnswer(real(answering)));
  const { currentLocalDescription: own, currentRemoteDescription: theirs } = answering;

  await finish(settleFirstAnswer(real(answering)));

  expect(answering.currentLocalDescription).toEqual(own);
  expect(answering.currentRemoteDescription).toEqual(theirs);
  expect([answering.signalingState, answering.faults]).toEqual(['stable', []]);
});

test('a page that was answered, or has an open offer, is left alone', async () => {
  const answering = new FakePeerConnection({});
  const offering = await offerTo(answering);
  const apply = vi.spyOn(FakePeerConnection.prototype, 'setRemoteDescription');
  await finish(settleFirstAnswer(real(offering)));
  await finish(settleFirstAnswer(real(answering)));

  expect(apply).not.toHaveBeenCalled();
});

test('a browser that answers in one step is let', async () => {
  const setLocalDescription = vi.fn<() => Promise<void>>(async () => undefined);
  const createAnswer = vi.fn();

  await applyAnswer({ setLocalDescription, createAnswer } as unknown as RTCPeerConnection);

  expect(setLocalDescription).toHaveBeenCalledExactlyOnceWith();
  expect(createAnswer).not.toHaveBeenCalled();
});
