// The settings over the call, in a native dialog; loaded when they are first opened.

import { useRef } from 'preact/hooks';
import '../../ui/Dialog.css';
import { t } from '../../i18n/lazy-words';
import { LiveRegion } from '../../ui/LiveRegion';
import { closeModal, useModal } from '../../ui/modal';
import { devices } from '../store/room-store';
import { DeviceSettings } from './DeviceSettings';

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  useModal(box, onClose);
  return (
    <dialog ref={box} class="dialog" aria-labelledby="settings-title" data-part="settings" onClose={onClose}>
      <h2 id="settings-title">{t('devices.title')}</h2>
      <DeviceSettings devices={devices} />
      <div class="dialog-actions">
        <button type="button" class="button primary" onClick={() => closeModal(box, onClose)}>
          {t('devices.close')}
        </button>
      </div>
      <LiveRegion />
    </dialog>
  );
}
