// The menu's first row: reactions, one click each.

import { REACTIONS } from '../../call/transport/wire';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { call, stage } from '../store/room-store';
import type { MenuSection } from './menu-entries';

/** The row is there only while the other person is. */
export function makeReactionSection(): MenuSection | null {
  if (stage.value !== 'live' || !isShown('reactions')) return null;
  const entries = REACTIONS.map((reaction) => ({
    part: `react-${reaction}`,
    sign: reaction,
    label: t(`reaction.${reaction}`),
    keepsOpen: true,
    onClick: () => call.dispatch({ type: 'react', reaction }),
  }));
  return { name: 'reactions', title: t('reaction.title'), isRow: true, entries };
}
