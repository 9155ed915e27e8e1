// The menu's first group: how the pictures lie.

import { Columns2, EyeOff, Focus, PictureInPicture2 } from 'lucide';
import { t } from '../../i18n';
import { isOwnHidden, LAYOUTS, layout } from '../stage/layout';
import type { MenuSection } from './menu';

const ICONS = { speaker: PictureInPicture2, side: Columns2, spotlight: Focus } as const;

export function makeLayoutSection(): MenuSection {
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
  return { title: t('layout.title'), entries: layout.value === 'spotlight' ? layouts : [...layouts, hide] };
}
