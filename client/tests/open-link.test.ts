// Links that lead out of the call: what the browser does by itself, and what is said where a frame's sandbox forbids it.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { until } from './until';

const fake = vi.hoisted(() => ({
  isFramed: true,
  told: [] as object[],
  problems: [] as { readonly needs: string }[],
  blocked: [] as string[][],
}));
vi.mock('../src/base/permissions-policy', () => ({ isFramed: () => fake.isFramed }));
vi.mock('../src/room/store/room-store', () => ({
  call: { state: { offsetMs: 0 } },
  link: { room: 'session-1' },
  parent: { tell: (event: object) => fake.told.push(event) },
}));
vi.mock('../src/room/embedding/embed-problems', () => ({
  reportProblem: (problem: { readonly needs: string }) => fake.problems.push(problem),
}));
vi.mock('../src/room/embedding/BlockedLink', () => ({
  showBlocked: (...said: string[]) => fake.blocked.push(said),
}));

const { openNextPage, openOutside } = await import('../src/room/embedding/open-link');

const HREF = 'https://platform.example/lessons';

class Anchor {
  readonly href = HREF;
}

type Press = MouseEvent & { isTaken: boolean };

function press(more: Partial<MouseEvent> = {}): Press {
  return {
    button: 0,
    currentTarget: new Anchor(),
    isTaken: false,
    preventDefault() {
      this.isTaken = true;
    },
    ...more,
  } as Press;
}

/** Make the window around the call one that lets itself be led away, or not. */
function surround(isSandboxed: boolean): { readonly went: string[] } {
  const went: string[] = [];
  const location = {
    set href(to: string) {
      if (isSandboxed) throw new DOMException('no', 'SecurityError');
      went.push(to);
    },
  };
  vi.stubGlobal('window', { top: { location }, open: () => null });
  return { went };
}

beforeEach(() => {
  vi.stubGlobal('HTMLAnchorElement', Anchor);
  Object.assign(fake, { isFramed: true, told: [], problems: [], blocked: [] });
});

afterEach(() => vi.unstubAllGlobals());

test('the next page takes the place of the page around the call, which hears of it before', () => {
  const { went } = surround(false);
  const event = press();
  openNextPage(event);

  expect(fake.told).toMatchObject([{ type: 'next-page', sessionId: 'session-1', url: HREF }]);
  expect([went, event.isTaken, fake.problems]).toEqual([[HREF], true, []]);
});

test('where a sandbox forbids that, both are told, with what it needs', async () => {
  surround(true);
  openNextPage(press());
  await until(() => expect(fake.blocked).toHaveLength(1));

  expect(fake.blocked[0]).toEqual([HREF, 'allow-top-navigation-by-user-activation']);
  expect(fake.problems[0]?.needs).toContain('allow-top-navigation-by-user-activation');
});

test('where a sandbox forbids windows, any other link says so', async () => {
  surround(true);
  openOutside(press());
  await until(() => expect(fake.blocked).toHaveLength(1));

  expect(fake.blocked[0]).toEqual([HREF, 'allow-popups']);
  expect(fake.told).toEqual([]);
});

test.each([
  ['in a page of its own', { isFramed: false }, {}],
  ['with a key that opens it elsewhere', { isFramed: true }, { ctrlKey: true }],
  ['with another button', { isFramed: true }, { button: 1 }],
])('a press %s is the browser’s', (_name, where, how) => {
  const { went } = surround(false);
  Object.assign(fake, where);
  const [one, other] = [press(how), press(how)];
  openOutside(one);
  openNextPage(other);

  expect([one.isTaken, other.isTaken, went, fake.blocked]).toEqual([false, false, [], []]);
});
