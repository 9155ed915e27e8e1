// Sets on each tile how loud its person is, for the stylesheet: `--level` for the bars, a few times a second, and `--loud` for
// the ring, in coarse steps, because every step paints the large picture anew.

import { pictureOf } from '../page/pictures';
import { call } from '../store/room-store';

const LOUD_STEPS = 3;

export function showLevels(): void {
  call.subscribe({
    onLevels: (levels) => {
      for (const part of ['own', 'remote'] as const) {
        const tile = pictureOf(part).closest<HTMLElement>('.tile');
        tile?.style.setProperty('--level', String(levels[part]));
        tile?.style.setProperty('--loud', String(Math.round(levels[part] * LOUD_STEPS) / LOUD_STEPS));
      }
    },
  });
}
