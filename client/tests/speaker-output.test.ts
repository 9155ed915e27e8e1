import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Speaker, type SpeakerNews } from '../src/room/side-effects/speaker-output';
import { Computer, settle } from './fake-computer';

/** An element that plays; it refuses a speaker that is not plugged in, unless its browser does not look. */
class FakePlayer {
  sink = '';
  refusal: string | null = null;
  setSinkId = async (id: string): Promise<void> => {
    if (id !== '' && this.refusal !== null) throw { name: this.refusal };
    this.sink = id;
  };
}

let players: readonly [FakePlayer, FakePlayer];
let news: SpeakerNews[];
let speaker: Speaker;

beforeEach(() => {
  players = [new FakePlayer(), new FakePlayer()];
  news = [];
  speaker = new Speaker(players, (what) => news.push(what));
});

afterEach(() => vi.unstubAllGlobals());

async function use(chosen: string | null): Promise<string[]> {
  await speaker.use(chosen);
  return players.map(({ sink }) => sink);
}

test('the chosen speaker is used, and nothing is said of it', async () => {
  new Computer('speaker one', 'speaker two');

  expect(await use('speaker-two')).toEqual(['speaker-two', 'speaker-two']);
  expect(await use(null)).toEqual(['', '']);
  expect(news).toEqual([]);
});

test('one that is pulled gives way to the system’s own, once said, and is used again when it is back', async () => {
  const computer = new Computer('speaker one', 'speaker two');
  await use('speaker-two');

  await computer.pull('speaker two');
  expect(await use('speaker-two')).toEqual(['', '']);
  await computer.plugIn('microphone one');
  expect(await use('speaker-two')).toEqual(['', '']);
  expect(news).toEqual([{ what: 'gone', label: '' }]);

  await computer.plugIn('speaker two');
  expect(await use('speaker-two')).toEqual(['speaker-two', 'speaker-two']);
  expect(news.slice(1)).toEqual([{ what: 'back', label: 'speaker two' }]);
});

test('where no speaker is named a refusal tells that it is gone', async () => {
  new Computer('microphone one');
  players[1].refusal = 'NotFoundError';

  expect(await use('speaker-two')).toEqual(['', '']);
  expect(news).toEqual([{ what: 'gone', label: '' }]);
});

test('a browser that does not allow it leaves nobody in silence, and says nothing of plugs', async () => {
  new Computer('speaker two');
  players[0].refusal = 'NotAllowedError';

  expect(await use('speaker-two')).toEqual(['', '']);
  expect(news).toEqual([]);
});

test('whoever chooses another while one is gone is told of no return', async () => {
  const computer = new Computer('speaker one', 'speaker two');
  await computer.pull('speaker two');
  await use('speaker-two');

  expect(await use('speaker-one')).toEqual(['speaker-one', 'speaker-one']);
  expect(news).toEqual([{ what: 'gone', label: '' }]);
});

test('of two choices at once the later one counts', async () => {
  new Computer('speaker one', 'speaker two');

  void speaker.use('speaker-one');
  void speaker.use('speaker-two');
  await settle();

  expect(players.map(({ sink }) => sink)).toEqual(['speaker-two', 'speaker-two']);
});
