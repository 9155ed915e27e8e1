// Devices that are chosen, switched, pulled, taken and given back in any order, while the browser's answers come late.

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Computer, settle } from './fake-computer';
import { stubStorage, Watched } from './watched-devices';

const kind = fc.constantFrom('audio' as const, 'video' as const);
const name = fc.constantFrom('camera one', 'camera two', 'microphone one', 'microphone two');

const step = fc.oneof(
  fc.record({ do: fc.constant('switch' as const), kind, on: fc.boolean() }),
  fc.record({ do: fc.constant('choose' as const), name }),
  fc.record({ do: fc.constant('pull' as const), name, endsTrack: fc.boolean() }),
  fc.record({ do: fc.constant('plug' as const), name }),
  fc.record({ do: fc.constant('end-track' as const), kind }),
  fc.record({ do: fc.constant('take' as const), muted: fc.boolean() }),
  fc.record({ do: fc.constant('hold' as const) }),
  fc.record({ do: fc.constant('answer' as const) }),
  fc.record({ do: fc.constant('retry' as const) }),
  fc.record({ do: fc.constant('wake' as const) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(10, 600, 2_500, 9_000) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

beforeEach(() => {
  vi.useFakeTimers();
  stubStorage();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A computer whose devices this person uses, and what may happen to them. */
class Story {
  readonly computer = new Computer('camera one', 'camera two', 'microphone one', 'microphone two');
  readonly watched = new Watched();
  private readonly there = new Set(['camera one', 'camera two', 'microphone one', 'microphone two']);
  private answer = async () => {};

  async take(next: Step): Promise<void> {
    const { computer, watched } = this;
    const { devices } = watched;
    if (next.do === 'switch') devices.switch(next.kind, next.on);
    else if (next.do === 'choose')
      void devices.choose(
        next.name.startsWith('camera') ? 'camera' : 'microphone',
        next.name.replace(' ', '-'),
      );
    else if (next.do === 'pull' && this.there.delete(next.name))
      await computer.pull(next.name, next.endsTrack);
    else if (next.do === 'plug' && !this.there.has(next.name)) {
      this.there.add(next.name);
      await computer.plugIn(next.name);
    } else if (next.do === 'end-track') this.endTrack(next.kind);
    else if (next.do === 'take') computer.take(next.muted);
    else if (next.do === 'hold') await this.hold();
    else if (next.do === 'answer') await this.answer();
    else if (next.do === 'retry') devices.retry(watched.status?.missing ?? { audio: false, video: false });
    else if (next.do === 'wake') devices.wake();
    else if (next.do === 'pass') await vi.advanceTimersByTimeAsync(next.ms);
    await settle();
  }

  /** All answers come, everything is plugged in, and the person asks once more for what is missing. */
  async calm(): Promise<void> {
    await this.answer();
    await vi.advanceTimersByTimeAsync(10_000);
    for (const label of ['camera one', 'camera two', 'microphone one', 'microphone two'])
      await this.take({ do: 'plug', name: label as 'camera one' });
    await this.take({ do: 'take', muted: false });
    await this.take({ do: 'retry' });
    await vi.advanceTimersByTimeAsync(10_000);
    await settle();
  }

  private async hold(): Promise<void> {
    await this.answer();
    this.answer = this.computer.hold();
  }

  private endTrack(of: 'audio' | 'video'): void {
    const track = this.computer.live().find((each) => each.kind === of);
    track?.stop();
    track?.onended?.();
  }
}

test('what is open is what is used, what is on is there in the end, and after the end nothing is open', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const story = new Story();
      const { computer, watched } = story;
      const { devices } = watched;
      devices.open();
      await settle();

      for (const next of steps) await story.take(next);
      await story.calm();

      const used = [devices.tracks.audio, devices.tracks.video].filter((track) => track !== null);
      expect(new Set(computer.live())).toEqual(new Set(used));
      expect(devices.tracks.video !== null).toBe(devices.on.video);
      if (devices.on.audio) expect(devices.tracks.audio?.enabled).toBe(true);
      expect(used.every(({ readyState, muted }) => readyState === 'live' && !muted)).toBe(true);
      expect(watched.status?.missing).toMatchObject({
        ...(devices.on.audio && { audio: false }),
        ...(devices.on.video && { video: false }),
      });

      devices.stop();
      devices.retry({ audio: true, video: true });
      await story.calm();
      expect(computer.live()).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
