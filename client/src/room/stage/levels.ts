// How loud each one is, put on the tile as `--level` for the stylesheet: a few times a second, past the components.

import { call } from '../model';
import { pictures } from './pictures';

call.watch({
  onLevels: (levels) => {
    for (const part of ['own', 'remote'] as const) {
      const tile = pictures[part].closest<HTMLElement>('.tile');
      tile?.style.setProperty('--level', String(levels[part]));
    }
  },
});
