// The button that chooses files to send.

import { Paperclip } from 'lucide';
import { useRef } from 'preact/hooks';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { fileActions } from '../store/files-state';

export function AttachButton({ onChosen }: { readonly onChosen: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const { value: actions } = fileActions;
  if (!actions) return null;
  return (
    <>
      <button
        type="button"
        class="chat-tool"
        data-part="attach"
        aria-label={t('files.attach')}
        title={t('files.attach')}
        onClick={() => input.current?.click()}
      >
        <Icon of={Paperclip} />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-part="files"
        onChange={({ currentTarget }) => {
          actions.choose(Array.from(currentTarget.files ?? []));
          currentTarget.value = ''; // the same file again is a choice, too
          onChosen();
        }}
      />
    </>
  );
}
