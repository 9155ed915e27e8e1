import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Computer, settle } from './fake-computer';
import { open } from './watched-devices';

describe('a question without an answer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is named after 8 s, and the devices are used when the answer comes after all', async () => {
    const computer = new Computer('camera one', 'microphone one');
    const answer = computer.hold();
    const watched = await open();

    vi.advanceTimersByTime(7_999);
    expect(watched.statuses).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(watched.statuses).toEqual([
      { on: { audio: true, video: true }, missing: { audio: true, video: true }, problem: 'unanswered' },
    ]);
    await answer();

    expect(watched.used).toEqual(['microphone one', 'camera one']);
    expect(watched.status).toMatchObject({ missing: { audio: false, video: false }, problem: null });
  });

  test('says nothing of a camera that was switched off meanwhile', async () => {
    const computer = new Computer('camera one', 'microphone one');
    computer.hold();
    const watched = await open();

    watched.devices.switch('video', false);
    vi.advanceTimersByTime(8_000);

    expect(watched.status).toMatchObject({ missing: { audio: true, video: false } });
  });

  test('is nobody’s business when the call is over', async () => {
    new Computer('camera one', 'microphone one').hold();
    const watched = await open();

    watched.devices.stop();
    vi.advanceTimersByTime(8_000);

    expect(watched.statuses).toEqual([]);
  });

  test('leaves the microphone that is used when another was chosen', async () => {
    const computer = new Computer('camera one', 'microphone one', 'microphone two');
    const watched = await open();
    const answer = computer.hold();

    void watched.devices.choose('microphone', 'microphone-two');
    await settle();
    vi.advanceTimersByTime(8_000);

    expect(watched.status).toMatchObject({ missing: { audio: false }, problem: 'unanswered' });
    expect(watched.used).toEqual(['microphone one', 'camera one']);
    await answer();
    expect(watched.used).toEqual(['microphone two', 'camera one']);
    expect(watched.status).toMatchObject({ problem: null });
  });
});
