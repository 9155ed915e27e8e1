// The menu's last group: the figures of the connection, and the list of keys.

import { Activity, Keyboard } from 'lucide';
import { t } from '../../i18n/lazy-words';
import { isConnectionOpen, isHelpOpen, stage } from '../store/room-store';
import type { MenuSection } from './menu-entries';

export function makeHelpSection(): MenuSection | null {
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
  // On a phone there are no keys, and the quality itself is tapped; a tablet with a keyboard still has the key for the list.
  if (matchMedia('(hover: none) and (pointer: coarse)').matches) return null;
  const entries = stage.value === 'live' ? [connection, shortcuts] : [shortcuts];
  return { name: 'help', title: t('shortcut.group'), entries };
}
