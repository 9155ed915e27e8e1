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
  const entries = [
    ...(stage.value === 'live' ? [connection] : []),
    // A phone has no keys; a tablet with a keyboard still has the key for it.
    ...(matchMedia('(hover: none) and (pointer: coarse)').matches ? [] : [shortcuts]),
  ];
  return entries.length > 0 ? { name: 'help', title: t('shortcut.group'), entries } : null;
}
