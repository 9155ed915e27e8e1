// The menu's group for the layout of the pictures.

import { Columns2, Expand, EyeOff, Focus, Grid2x2, LayoutGrid, PictureInPicture2 } from 'lucide';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import { nextCorner } from '../stage/corners';
import { LAYOUTS } from '../stage/layout-choice';
import { corner, isOwnHidden, isWhole, layout } from '../stage/stage-layout';
import type { MenuSection } from './menu-entries';

const ICONS = { speaker: PictureInPicture2, side: Columns2, spotlight: Focus } as const;

export function makeLayoutSection(): MenuSection | null {
  if (!isShown('layouts')) return null;
  const layouts = LAYOUTS.map((name) => ({
    part: `layout-${name}`,
    icon: ICONS[name],
    label: t(`layout.${name}`),
    isPressed: layout.value === name,
    onClick: () => {
      layout.value = name;
    },
  }));
  const hide = {
    part: 'hide-own',
    icon: EyeOff,
    label: t('layout.hide-own'),
    isPressed: isOwnHidden.value,
    onClick: () => {
      isOwnHidden.value = !isOwnHidden.value;
    },
  };
  // For people who cannot drag.
  const move = {
    part: 'move-own',
    icon: Grid2x2,
    label: t('layout.move'),
    keepsOpen: true,
    onClick: () => {
      corner.value = nextCorner(corner.value);
    },
  };
  // For people who cannot tap twice.
  const whole = {
    part: 'whole-picture',
    icon: Expand,
    label: t('layout.whole'),
    isPressed: isWhole.value,
    onClick: () => {
      isWhole.value = !isWhole.value;
    },
  };
  const own = layout.value === 'speaker' && !isOwnHidden.value ? [move, hide] : [hide];
  const entries = layout.value === 'spotlight' ? [...layouts, whole] : [...layouts, whole, ...own];
  return { name: 'layout', title: t('layout.title'), fold: LayoutGrid, entries };
}
