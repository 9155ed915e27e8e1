import { afterEach, expect, test, vi } from 'vitest';
import { hasDocs, ownUrl, writeSegment } from '../src/platform/service-urls';

/** Stand for a page with those elements in its head. */
function page(metas: Readonly<Record<string, string>>): void {
  vi.stubGlobal('document', {
    querySelector: (selector: string) => {
      const name = /name="([^"]+)"/.exec(selector)?.[1] ?? '';
      return name in metas ? { content: metas[name] } : null;
    },
  });
}

afterEach(() => vi.unstubAllGlobals());

test.each([
  [{ 'langdao:base': '/' }, '/api/sessions'],
  [{ 'langdao:base': '/call/' }, '/call/api/sessions'],
  [{ 'langdao:base': '/%D0%B0/b/' }, '/%D0%B0/b/api/sessions'],
  [{}, '/api/sessions'],
])('below the prefix that the page names (%j) an address of ours is %s', (metas, address) => {
  page(metas);

  expect(ownUrl('/api/sessions')).toBe(address);
});

test('the documentation is linked where the service shows it', () => {
  page({});
  expect(hasDocs()).toBe(true);

  page({ 'langdao:no-docs': '' });
  expect(hasDocs()).toBe(false);
});

// The same as the service writes: tests/session/test_paths.py.
test.each([
  ['session-abc123', 'session-abc123'],
  ['a.b~c', 'a.b~c'],
  ['a/b', '~YS9i'],
  ['..', '~Li4'],
  ['~YQ', '~fllR'],
  ['a.', '~YS4'],
  ['урок', '~0YPRgNC-0Lo'],
  ['🎓?', '~8J-Okz8'],
])('the id %s stands in a path as %s', (id, segment) => {
  expect(writeSegment(id)).toBe(segment);
});
