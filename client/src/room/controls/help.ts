// The menu's last group: how the call is doing, and which keys there are.

import { Activity, Keyboard } from 'lucide';
import { t } from '../../i18n';
import { isHelpOpen } from '../help/Help';
import { stage } from '../model';
import { isConnectionOpen } from '../status/Connection';
import type { MenuSection } from './menu';

export function makeHelpSection(): MenuSection {
  const connection = {
    part: 'connection',
    icon: Activity,
    label: t('connection.title'),
    onClick: () => {
      isConnectionOpen.value = true;
    },
  };
  const shortcuts = {
    part: 'shortcuts',
    icon: Keyboard,
    label: t('shortcut.title'),
    letter: '?',
    onClick: () => {
      isHelpOpen.value = true;
    },
  };
  return { name: 'help', entries: stage.value === 'live' ? [connection, shortcuts] : [shortcuts] };
}
