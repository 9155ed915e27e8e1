import { afterEach, expect, test, vi } from 'vitest';
import { onNetworkChange } from '../src/base/network-change';

class Connection extends EventTarget {
  type: string | undefined = 'wifi';

  become(type: string | undefined): void {
    this.type = type;
    this.dispatchEvent(new Event('change'));
  }
}

function watch(connection?: Connection) {
  const page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('navigator', connection ? { connection } : {});
  const changes = vi.fn();
  onNetworkChange(changes);
  return { page, changes };
}

afterEach(() => vi.unstubAllGlobals());

test('a network that is back is news, in every browser', () => {
  const { page, changes } = watch();

  page.dispatchEvent(new Event('online'));

  expect(changes).toHaveBeenCalledOnce();
});

test('another kind of network is news; no network is none, and neither is another speed', () => {
  const connection = new Connection();
  const { changes } = watch(connection);
  const counts: number[] = [];

  for (const type of ['wifi', 'cellular', 'cellular', 'none', 'wifi']) {
    connection.become(type);
    counts.push(changes.mock.calls.length);
  }

  expect(counts).toEqual([0, 1, 1, 1, 2]);
});

test('a browser that tells the speed only tells nothing', () => {
  const connection = new Connection();
  connection.type = undefined;
  const { changes } = watch(connection);

  connection.become(undefined);

  expect(changes).not.toHaveBeenCalled();
});
