// What a recording shows and hears: what is on at the moment, and nothing of what is off.

import { beforeEach, expect, test, vi } from 'vitest';
import type { RecordingMix } from '../src/classroom/recording-mix';

const fake = vi.hoisted(() => ({
  me: { video: true, name: 'Bo' as string | null },
  peer: { video: true, videoPaused: false } as object | null,
  tracks: { audio: 'voice', video: 'camera' as string | null },
  own: null as object | null,
  theirs: null as object | null,
  made: [] as { srcObject: unknown; play: ReturnType<typeof vi.fn> }[],
}));
const remote = { srcObject: { getAudioTracks: () => ['their voice'] } };
const screen = {};
vi.mock('../src/room/page/pictures', () => ({
  pictureOf: (part: string) => (part === 'remote' ? remote : screen),
}));
vi.mock('../src/room/classroom/tools-state', () => ({ otherName: () => 'Ana' }));
vi.mock('../src/room/store/room-store', () => ({
  ownRole: 'tutor',
  devices: fake,
  state: { peek: () => fake },
  ownScreen: { peek: () => fake.own },
  remoteScreen: { peek: () => fake.theirs },
}));

const { LessonFilm } = await import('../src/room/classroom/lesson-film');
const hear = vi.fn();
const mix = { hear } as unknown as RecordingMix;
const streamOf = (picture: string, sound: string) => ({
  getVideoTracks: () => [picture],
  getAudioTracks: () => [sound],
});

beforeEach(() => {
  vi.clearAllMocks();
  fake.made.length = 0;
  Object.assign(fake, { me: { video: true, name: 'Bo' }, peer: { video: true, videoPaused: false } });
  Object.assign(fake, { own: null, theirs: null, tracks: { audio: 'voice', video: 'camera' } });
  vi.stubGlobal('document', {
    createElement: () => {
      const video = { srcObject: null, play: vi.fn(async () => undefined) };
      fake.made.push(video);
      return video;
    },
  });
  vi.stubGlobal(
    'MediaStream',
    class {
      constructor(private readonly tracks: readonly string[]) {}
      getTracks = () => this.tracks;
    },
  );
});

test('both are seen and heard, and a track that stays is shown once', () => {
  const film = new LessonFilm(mix);
  film.read();
  const shown = film.read();

  expect(shown).toEqual({
    own: { picture: fake.made[0], name: 'Bo' },
    remote: { picture: remote, name: 'Ana' },
    screen: null,
  });
  expect(fake.made[0]?.play).toHaveBeenCalledOnce();
  expect(hear.mock.calls.slice(0, 4)).toEqual([
    ['own', 'voice'],
    ['remote', 'their voice'],
    ['own-screen', null],
    ['remote-screen', null],
  ]);
});

test('a camera that is off, a picture that is paused, and somebody who is away are not seen', () => {
  const film = new LessonFilm(mix);
  fake.me = { video: false, name: null };
  for (const peer of [{ video: false, videoPaused: false }, { video: true, videoPaused: true }, null]) {
    fake.peer = peer;
    const { own, remote: other } = film.read();
    expect([own.picture, other.picture]).toEqual([null, null]);
    expect(own.name).toBe('Tutor');
  }
});

test('a shared screen is seen and heard, the other’s before the own', () => {
  const film = new LessonFilm(mix);
  fake.own = streamOf('my screen', 'my sound');
  expect(film.read().screen).toBe(fake.made[1]);
  expect(hear).toHaveBeenCalledWith('own-screen', 'my sound');

  fake.theirs = streamOf('their screen', 'their sound');
  expect(film.read().screen).toBe(screen);
  expect(hear).toHaveBeenCalledWith('remote-screen', 'their sound');
});

test('at the end it holds no track', () => {
  const film = new LessonFilm(mix);
  fake.own = streamOf('my screen', 'my sound');
  film.read();
  film.close();

  expect(fake.made.map(({ srcObject }) => srcObject)).toEqual([null, null]);
});
