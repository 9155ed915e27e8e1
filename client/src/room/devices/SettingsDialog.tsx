// The settings over the call, in a native dialog; loaded when they are first opened.

import { t } from '../../i18n/lazy-words';
import { ClosableDialog } from '../../ui/ClosableDialog';
import { devices } from '../store/room-store';
import { DeviceSettings } from './DeviceSettings';

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <ClosableDialog part="settings" title={t('devices.title')} closing={t('devices.close')} onClose={onClose}>
      {() => <DeviceSettings devices={devices} />}
    </ClosableDialog>
  );
}
