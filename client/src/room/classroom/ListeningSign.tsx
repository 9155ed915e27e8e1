// The small sign on the other's picture while they hear again what was said here.

import { Ear } from 'lucide';
import './ListeningSign.css';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { otherRole } from '../store/room-store';
import { tools } from './tools-state';

export function ListeningSign() {
  return (
    <output class="listening-place">
      {tools.status.value?.hasListener && (
        <span class="listening-sign" data-part="listening-sign">
          <Icon of={Ear} />
          <span>{t(`again.listening.${otherRole}`)}</span>
        </span>
      )}
    </output>
  );
}
