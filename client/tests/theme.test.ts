import { describe, expect, test } from 'vitest';
import { FEATURES, PLAIN, readTheme, receiveTheme, shows } from '../src/theme/theme';

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('a theme', () => {
  test('is read from the token of a signed link', () => {
    const token = `${encode({ alg: 'HS256' })}.${encode({ look: { brand: 'Língua €', radius: 4 } })}.signature`;

    expect(readTheme(`#token=${token}`, false)).toEqual({ ...PLAIN, brand: 'Língua €', radius: 4 });
  });

  test('of a token may name what is hidden, and the platform’s page may still say what is shown', () => {
    const token = `x.${encode({ look: { without: ['chat', 'screen', 'teleport'] } })}.y`;
    const theme = readTheme(`#token=${token}`, true);

    expect(FEATURES.filter((name) => !shows(theme, name))).toEqual(['chat', 'screen']);
    expect(readTheme(`#token=${token}&look=${encode({ features: ['chat'] })}`, true).features).toEqual([
      'chat',
    ]);
    expect(readTheme(`#token=x.${encode({ look: { without: 'chat' } })}.y`, true)).toEqual(PLAIN);
  });

  test('that nobody signed counts only where it may', () => {
    const hash = `#look=${encode({ brand: 'Stranger' })}`;

    expect(readTheme(hash, false)).toEqual(PLAIN);
    expect(readTheme(hash, true).brand).toBe('Stranger');
  });

  test('of the platform’s page comes on top of what the link says', () => {
    const token = `x.${encode({ look: { brand: 'Link', accent: '#123456' } })}.y`;

    expect(readTheme(`#token=${token}&look=${encode({ brand: 'Page' })}`, true)).toMatchObject({
      brand: 'Page',
      accent: '#123456',
    });
  });

  test.each([
    ['brand', 5],
    ['brand', 'x'.repeat(41)],
    ['accent', 'red'],
    ['accent', '#12345g'],
    ['accent', 'url(https://elsewhere.example)'],
    ['scheme', 'blue'],
    ['scheme', true],
    ['radius', 25],
    ['radius', -1],
    ['radius', '4'],
    ['logo', 'https://elsewhere.example/logo.png'],
    ['logo', 'data:text/html;base64,PGI+'],
    ['logo', 'javascript:alert(1)'],
  ])('whose %s is %j goes without it', (name, value) => {
    expect(receiveTheme({ brand: null, [name]: value })).toEqual(PLAIN);
  });

  test.each([
    '',
    '#',
    '#look',
    '#look=%',
    '#look=bm90IGpzb24',
    '#token=a',
    '#token=a.b.c',
    `#look=${encode([1])}`,
  ])('that is none is the plain one: %j', (hash) => {
    expect(readTheme(hash, true)).toEqual(PLAIN);
  });

  test('shows everything unless it lists what', () => {
    expect(shows(PLAIN, 'chat')).toBe(true);
    expect(shows({ ...PLAIN, features: ['screen'] }, 'chat')).toBe(false);
    expect(shows({ ...PLAIN, features: ['screen'] }, 'screen')).toBe(true);
  });
});
