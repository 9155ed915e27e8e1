// What goes out with the next message, or by itself.

import { X } from 'lucide';
import './ChosenFiles.css';
import { cleanName } from '../../classroom/file-name';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { chosenFiles } from '../store/files-state';
import { formatSize } from './file-size';

export function ChosenFiles() {
  const files = chosenFiles.value;
  if (files.length === 0) return null;
  return (
    <ul class="chosen-files" aria-label={t('files.chosen')} data-part="chosen-files">
      {files.map((file) => {
        const name = cleanName(file.name);
        return (
          <li key={file} class="chosen-file">
            <span class="file-name">
              <bdi>{name}</bdi>
            </span>
            <span class="quiet">{formatSize(file.size)}</span>
            <button
              type="button"
              class="chat-tool chosen-remove"
              aria-label={t('files.remove', { name })}
              title={t('files.remove', { name })}
              onClick={() => {
                chosenFiles.value = chosenFiles.value.filter((each) => each !== file);
              }}
            >
              <Icon of={X} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
