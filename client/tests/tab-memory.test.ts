import { beforeEach, expect, test, vi } from 'vitest';
import { TabMemory } from '../src/call/tab-memory';

/** A tab's storage; a duplicated tab begins with a copy of it. */
class TabStorage {
  constructor(private readonly items = new Map<string, string>()) {}
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  copy = () => new TabStorage(new Map(this.items));
}

let tab: TabStorage;

beforeEach(() => {
  tab = new TabStorage();
  vi.stubGlobal('sessionStorage', tab);
});

test('after a reload the resume token and what was switched off are there', () => {
  const page = new TabMemory('room', 'student');
  page.set({ resume: 'token', video: false });
  page.leave();

  expect(new TabMemory('room', 'student').get()).toEqual({ resume: 'token', audio: null, video: false });
});

test('a page that is reloaded before it had an answer leaves the token that it found', () => {
  const page = new TabMemory('room', 'student');
  page.set({ resume: 'token' });
  page.leave();

  new TabMemory('room', 'student').leave();

  const third = new TabMemory('room', 'student');
  expect(third.get().resume).toBe('token');
  expect(third.isReturning()).toBe(true);
});

test('a duplicated tab has no token: the page it was copied from is still there', () => {
  new TabMemory('room', 'student').set({ resume: 'token', audio: false });
  vi.stubGlobal('sessionStorage', tab.copy());

  expect(new TabMemory('room', 'student').get()).toEqual({ resume: null, audio: false, video: null });
});

test('another room or role remembers nothing of this one', () => {
  const page = new TabMemory('room', 'student');
  page.set({ resume: 'token' });
  page.leave();

  expect(new TabMemory('room', 'tutor').get().resume).toBeNull();
  expect(new TabMemory('room-2', 'student').get().resume).toBeNull();
});

test('where storage is forbidden the page itself still knows', () => {
  const forbid = () => {
    throw new Error('SecurityError');
  };
  vi.stubGlobal('sessionStorage', { getItem: forbid, setItem: forbid });
  const page = new TabMemory('room', 'student');

  page.set({ resume: 'token' });

  expect(page.get().resume).toBe('token');
});

test('what someone else left under the key is not trusted', () => {
  for (const value of ['{', 'null', '7', '{"resume":7,"isLeft":true,"audio":"no"}']) {
    tab.setItem('langdao:student:room', value);

    expect(new TabMemory('room', 'student').get(), value).toEqual({ resume: null, audio: null, video: null });
  }
});
