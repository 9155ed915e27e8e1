// The list of keys, loaded when it is opened.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { loadPart } from '../../base/load-part';
import { isHelpOpen } from '../store/room-store';

export function Help() {
  const [List, setList] = useState<ComponentType | null>(null);
  useEffect(() => {
    if (isHelpOpen.value && !List)
      void loadPart(() => import('./Shortcuts')).then((part) => setList(() => part.Shortcuts));
  }, [isHelpOpen.value]);
  return isHelpOpen.value && List ? <List /> : null;
}
