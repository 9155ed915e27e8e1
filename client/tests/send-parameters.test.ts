import { expect, test, vi } from 'vitest';
import { NO_PICTURE } from '../src/call/transport/pacer';
import { OFF, RUNGS } from '../src/call/transport/send-ladder';
import {
  changeEncoding,
  encodingOf,
  Senders,
  type SendPlan,
  spareCodec,
} from '../src/call/transport/send-parameters';
import { until } from './until';

const FULL: SendPlan = { limits: null, isMusic: false, isLowData: false };

function limited(rung: number, more: Partial<SendPlan> = {}): SendPlan {
  return { ...FULL, ...more, limits: RUNGS[rung] ?? null };
}

/** A sender as the standard has it: parameters that were read before the last change are refused. */
class FakeSender {
  track = { getSettings: () => ({ height: 720 }) };
  encodings: RTCRtpEncodingParameters[] = [{ active: true, priority: 'low', networkPriority: 'low' }];
  changes = 0;
  refuses: readonly string[] = [];
  codecs: RTCRtpCodec[] | undefined;
  private transaction = 0;

  getParameters() {
    this.transaction += 1;
    return {
      transactionId: String(this.transaction),
      codecs: this.codecs,
      encodings: this.encodings.map((encoding) => ({ ...encoding })),
    };
  }

  async setParameters(parameters: { transactionId: string; encodings: RTCRtpEncodingParameters[] }) {
    const { transactionId } = parameters;
    await Promise.resolve();
    if (transactionId !== String(this.transaction)) throw new Error('InvalidStateError');
    const fields = Object.keys(parameters.encodings[0] ?? {});
    if (fields.some((field) => this.refuses.includes(field))) throw new Error('OperationError');
    this.changes += 1;
    this.encodings = parameters.encodings;
  }
}

function tell(sender: FakeSender, ...plans: readonly SendPlan[]): ReturnType<typeof vi.fn> {
  const log = vi.fn();
  const senders = new Senders(log);
  for (const plan of plans) senders.tell('video', sender as unknown as RTCRtpSender, plan);
  return log;
}

test('the sound comes first, then the screen, then the person', () => {
  expect(encodingOf('audio', FULL)).toMatchObject({ priority: 'high', networkPriority: 'high' });
  expect(encodingOf('screen-audio', FULL)).toMatchObject({ priority: 'high' });
  expect(encodingOf('screen', FULL)).toMatchObject({ priority: 'medium', maxBitrate: 2_500_000 });
  expect(encodingOf('video', FULL)).toMatchObject({ priority: 'low', maxBitrate: 1_500_000 });
});

test('an instrument has a bitrate of its own, and so has speech beside the smallest pictures', () => {
  expect(encodingOf('audio', FULL)).not.toHaveProperty('maxBitrate');
  expect(encodingOf('audio', limited(2))).not.toHaveProperty('maxBitrate');
  for (const rung of [3, 4, OFF]) {
    expect(encodingOf('audio', limited(rung))).toHaveProperty('maxBitrate', 20_000);
    expect(encodingOf('screen-audio', limited(rung))).not.toHaveProperty('maxBitrate');
    expect(encodingOf('audio', limited(rung, { isMusic: true }))).toHaveProperty('maxBitrate', 128_000);
  }
  expect(encodingOf('audio', { ...FULL, isMusic: true })).toHaveProperty('maxBitrate', 128_000);
});

test('the highest rung leaves size and frames as they are captured', () => {
  const encoding = encodingOf('video', FULL, 1_080);

  expect(encoding.scaleResolutionDownBy).toBe(1);
  expect(encoding).not.toHaveProperty('maxFramerate');
});

test('a lower rung is as high as it says, whatever the camera gives, and never larger than the camera', () => {
  expect(encodingOf('video', limited(3), 720)).toMatchObject({
    scaleResolutionDownBy: 4,
    maxFramerate: 15,
  });
  expect(encodingOf('video', limited(3), 120).scaleResolutionDownBy).toBe(1);
  expect(encodingOf('video', limited(3), null).scaleResolutionDownBy).toBe(1);
});

test('below the floor nothing of the picture is sent; a screen keeps its sharpness, and loses frames', () => {
  expect(encodingOf('video', limited(OFF), 720)).toMatchObject({
    active: false,
    scaleResolutionDownBy: 1,
  });
  expect(encodingOf('audio', limited(OFF))).toMatchObject({ active: true });
  const screen = encodingOf('screen', limited(OFF), 1_440);
  expect(screen).toMatchObject({ active: true, maxFramerate: 2 });
  expect(screen).not.toHaveProperty('scaleResolutionDownBy');
});

test('while a choked line is cleared, neither person nor screen is sent, and the sound is', () => {
  const plan: SendPlan = { ...FULL, limits: NO_PICTURE };

  expect([encodingOf('video', plan).active, encodingOf('screen', plan).active]).toEqual([false, false]);
  expect([encodingOf('audio', plan).active, encodingOf('screen-audio', plan).active]).toEqual([true, true]);
});

test('little data is half of everything but the sound', () => {
  const low = { ...FULL, isLowData: true };

  expect(encodingOf('video', low, 720)).toMatchObject({ maxBitrate: 750_000, scaleResolutionDownBy: 2 });
  expect(encodingOf('screen', low).maxBitrate).toBe(1_250_000);
  expect(encodingOf('video', limited(3, { isLowData: true }), 720)).toMatchObject({
    maxBitrate: 80_000,
    scaleResolutionDownBy: 4,
  });
  expect(encodingOf('audio', low)).toEqual(encodingOf('audio', FULL));
});

test('a change is a change only if something differs, and what is not wanted goes', () => {
  const encoding: RTCRtpEncodingParameters = { active: true, maxFramerate: 8, scaleResolutionDownBy: 4 };
  const wanted = encodingOf('video', FULL, 720);

  expect(changeEncoding(encoding, wanted)).toBe(true);
  expect(encoding).toEqual({ ...wanted });
  expect('maxFramerate' in encoding).toBe(false);
  expect(changeEncoding(encoding, wanted)).toBe(false);
});

const codecs = (...names: readonly string[]): RTCRtpCodec[] =>
  names.map((name) => ({ mimeType: `video/${name}`, clockRate: 90_000 }));

test('the spare codec is another one for pictures than the first; without one there is none', () => {
  expect(spareCodec(codecs('VP8', 'rtx', 'VP8', 'VP9', 'H264'))).toMatchObject({ mimeType: 'video/VP9' });
  expect(spareCodec(codecs('rtx', 'H264', 'red', 'VP8'))).toMatchObject({ mimeType: 'video/VP8' });
  for (const none of [undefined, [], codecs('VP8', 'rtx', 'VP8', 'ulpfec', 'flexfec-03')])
    expect(spareCodec(none)).toBeUndefined();
});

test('a picture that is paused changes its codec, so that nothing old is repeated, and comes back in its own', async () => {
  const sender = new FakeSender();
  sender.codecs = codecs('VP8', 'rtx', 'VP9');

  tell(sender, limited(OFF));
  await until(() => expect(sender.encodings[0]).toHaveProperty('codec.mimeType', 'video/VP9'));
  tell(sender, limited(4));

  await until(() => expect(sender.encodings[0]).toMatchObject({ active: true }));
  expect(sender.encodings[0]).not.toHaveProperty('codec');
});

test('a browser that does not take another codec pauses its picture all the same', async () => {
  const sender = new FakeSender();
  sender.codecs = codecs('VP8', 'VP9');
  sender.refuses = ['codec'];

  tell(sender, limited(OFF));

  await until(() => expect(sender.encodings[0]).toMatchObject({ active: false }));
});

test('changes wait for each other, and the last one holds', async () => {
  const sender = new FakeSender();

  const log = tell(sender, FULL, limited(2), limited(OFF), limited(3));

  await until(() => expect(sender.encodings[0]).toMatchObject({ active: true, maxFramerate: 15 }));
  expect(log).not.toHaveBeenCalled();
});

test('the same plan twice is one change', async () => {
  const sender = new FakeSender();

  tell(sender, FULL, FULL, FULL, limited(1));

  await until(() => expect(sender.encodings[0]).toHaveProperty('maxBitrate', 700_000));
  expect(sender.changes).toBe(2);
});

test('r18: a browser that refuses the newer fields gets the older ones', async () => {
  const sender = new FakeSender();
  sender.encodings = [{ active: true }];
  sender.refuses = ['maxFramerate', 'scaleResolutionDownBy', 'networkPriority'];

  tell(sender, limited(3));

  await until(() => expect(sender.encodings[0]).toEqual({ active: true, maxBitrate: 160_000 }));
});

test('a sender that takes nothing, or was not negotiated, disturbs nobody', async () => {
  const broken = new FakeSender();
  broken.refuses = ['active'];
  const log = tell(broken, FULL);
  await until(() => expect(log).toHaveBeenCalledOnce());

  const early = new FakeSender();
  early.encodings = [];
  const quiet = tell(early, FULL, limited(1));
  await new Promise((resolve) => setTimeout(resolve));
  expect(early.changes).toBe(0);
  expect(quiet).not.toHaveBeenCalled();
});
