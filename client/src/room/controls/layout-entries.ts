// The menu's group for the layout of the pictures, and where they are shown.

import {
  Columns2,
  Expand,
  EyeOff,
  Focus,
  Grid2x2,
  LayoutGrid,
  Minimize,
  PictureInPicture,
  PictureInPicture2,
} from 'lucide';
import { t } from '../../i18n/lazy-words';
import { isShown } from '../../theme/apply-theme';
import {
  hasFullScreen,
  hasPictureInPicture,
  isFullScreen,
  toggleFullScreen,
  togglePictureInPicture,
} from '../devices/larger-picture';
import { nextCorner } from '../stage/corners';
import { LAYOUTS } from '../stage/layout-choice';
import { corner, isOwnHidden, isWhole, layout } from '../stage/stage-layout';
import { stage } from '../store/room-store';
import type { MenuEntry, MenuSection } from './menu-entries';

const ICONS = { speaker: PictureInPicture2, side: Columns2, spotlight: Focus } as const;

export function makeLayoutSection(): MenuSection | null {
  const entries = [...(isShown('layouts') ? makeLayouts() : []), ...makeWindows()];
  return entries.length > 0 ? { name: 'layout', title: t('layout.title'), fold: LayoutGrid, entries } : null;
}

function makeLayouts(): MenuEntry[] {
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
  return layout.value === 'spotlight' ? [...layouts, whole] : [...layouts, whole, ...own];
}

/** A window of its own, and the whole screen. */
function makeWindows(): MenuEntry[] {
  const entries: MenuEntry[] = [];
  if (stage.value === 'live' && hasPictureInPicture()) {
    entries.push({
      part: 'picture-in-picture',
      icon: PictureInPicture,
      label: t('pip.open'),
      letter: 'p',
      isPressed: Boolean(document.pictureInPictureElement),
      onClick: () => void togglePictureInPicture(),
    });
  }
  if (hasFullScreen()) {
    entries.push({
      part: 'full-screen',
      icon: isFullScreen() ? Minimize : Expand,
      label: t('fullscreen.open'),
      letter: 'f',
      isPressed: isFullScreen(),
      onClick: () => void toggleFullScreen(),
    });
  }
  return entries;
}
