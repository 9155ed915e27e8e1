// The size of a file as the reader writes it.

import { sayUnit } from '../../i18n/units';

const UNITS = [
  ['byte', 'B'],
  ['kilobyte', 'kB'],
  ['megabyte', 'MB'],
] as const;

/** Write *bytes* in the largest unit of which there is one, with two digits and no more. */
export function formatSize(bytes: number): string {
  let [size, place] = [bytes, 0];
  while (size >= 1_000 && place < UNITS.length - 1) {
    size /= 1_024;
    place += 1;
  }
  const [unit, sign] = UNITS[place] ?? UNITS[0];
  return sayUnit(size < 10 ? Math.round(size * 10) / 10 : Math.round(size), unit, sign) ?? '';
}
