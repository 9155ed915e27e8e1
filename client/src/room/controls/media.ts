// The menu's group for picture and sound.

import { Settings2 } from 'lucide';
import { t } from '../../i18n';
import { openSettings } from '../devices/Settings';
import type { MenuSection } from './menu';

export function makeMediaSection(): MenuSection {
  const settings = {
    part: 'settings',
    icon: Settings2,
    label: t('devices.title'),
    onClick: () => void openSettings(),
  };
  return { title: t('media.section'), entries: [settings] };
}
