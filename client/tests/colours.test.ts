import { describe, expect, test } from 'vitest';
import { CONTRAST_MIN, CONTRAST_MORE, contrast, DARK, LIGHT, makeColours } from '../src/theme/colours';

describe('the colours of any accent', () => {
  const channels = ['00', '33', '66', '99', 'cc', 'ff'];
  const accents = channels.flatMap((r) => channels.flatMap((g) => channels.map((b) => `#${r}${g}${b}`)));

  test.each([
    ['light', LIGHT, CONTRAST_MIN],
    ['dark', DARK, CONTRAST_MIN],
    ['light, with more contrast', LIGHT, CONTRAST_MORE],
    ['dark, with more contrast', DARK, CONTRAST_MORE],
  ])('can be read, %s', (_, scheme, least) => {
    for (const accent of accents) {
      const colours = makeColours(accent, scheme, least);
      const pairs = [
        ...scheme.surfaces.map((surface) => [colours['--accent'], surface]),
        [colours['--accent-ink'], colours['--accent']],
        [colours['--accent-soft-ink'], colours['--accent-soft']],
      ];
      for (const [ink = '', ground = ''] of pairs) {
        expect(contrast(ink, ground), `${accent}: ${ink} on ${ground}`).toBeGreaterThanOrEqual(least);
      }
    }
  });

  test('stay as they are where they can be read already', () => {
    expect(makeColours('#0f5e57', LIGHT)['--accent']).toBe('#0f5e57');
  });

  test('have the contrast that WCAG gives as examples', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });
});
