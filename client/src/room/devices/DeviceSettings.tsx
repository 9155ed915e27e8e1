// The choice of camera, microphone and speaker, the microphone's level, and how the sound is sent. The lobby shows it in place,
// the call in a dialog (SettingsDialog).

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import './DeviceSettings.css';
import { allowsFeature } from '../../base/permissions-policy';
import type { Chosen } from '../../call/media/device-choices';
import type { DeviceName } from '../../call/media/device-permissions';
import type { Devices } from '../../call/media/devices';
import type { DeviceList } from '../../call/media/open-devices';
import { t } from '../../i18n/lazy-words';
import { state } from '../store/room-store';
import { BlurSetting } from './BlurSetting';
import { Level } from './Level';
import { NoiseSetting } from './NoiseSetting';
import { Switch } from './Switch';
import { playTune } from './sound';

const NO_DEVICES: DeviceList = { camera: [], microphone: [], speaker: [] };

/** In Safari, in an old Firefox, and in a frame that may not choose, the system chooses the speaker. */
function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype && allowsFeature('speaker-selection') !== false;
}

interface SettingsProps {
  readonly devices: Devices;
}

export function DeviceSettings({ devices }: SettingsProps) {
  const { list, chosen, microphone } = useDevices(devices);
  return (
    <div class="settings" data-part="device-settings">
      <Choice {...{ devices, list, chosen }} device="camera" label={t('control.camera')} />
      <Choice {...{ devices, list, chosen }} device="microphone" label={t('control.microphone')}>
        <Level track={microphone} />
      </Choice>
      {canChooseSpeaker() && (
        <Choice {...{ devices, list, chosen }} device="speaker" label={t('devices.speaker')} />
      )}
      <button type="button" class="button" onClick={() => void playTune('test', chosen.speaker)}>
        {t('devices.test')}
      </button>
      <BlurSetting devices={devices} isChosen={chosen.blursBackground} />
      <NoiseSetting devices={devices} chosen={chosen} />
      <Switch
        part="music"
        label={t('devices.music')}
        hint={t('devices.music-hint')}
        isOn={chosen.isMusic}
        onChange={(on) => void devices.setMusic(on)}
      />
      <Switch
        part="low-data"
        label={t('devices.low-data')}
        hint={t('devices.low-data-hint')}
        isOn={chosen.isLowData}
        onChange={(on) => devices.choices.set({ isLowData: on })}
      />
      <Switch
        part="sounds"
        label={t('devices.sounds')}
        isOn={chosen.hasSounds}
        onChange={(on) => devices.choices.set({ hasSounds: on })}
      />
      <HideAddress devices={devices} isOn={chosen.hidesAddress} />
    </div>
  );
}

/** Follow the list of devices, the choice, and the open microphone. */
function useDevices(devices: Devices) {
  const [list, setList] = useState(NO_DEVICES);
  const [chosen, setChosen] = useState<Chosen>(() => devices.choices.get());
  const [microphone, setMicrophone] = useState(devices.tracks.audio);
  useEffect(() => {
    const readList = () => void devices.list().then(setList);
    const unwatch = [
      devices.choices.subscribe(setChosen),
      devices.subscribe({
        onList: setList,
        onTrack: (kind, track) => {
          if (kind === 'audio') setMicrophone(track);
          // With the permission to use one device come the names of all.
          readList();
        },
      }),
    ];
    readList();
    return () => {
      for (const end of unwatch) end();
    };
  }, [devices]);
  return { list, chosen, microphone };
}

interface ChoiceProps extends SettingsProps {
  readonly device: DeviceName;
  readonly label: string;
  readonly list: DeviceList;
  readonly chosen: Chosen;
  readonly children?: ComponentChildren;
}

function Choice({ devices, device, label, list, chosen, children }: ChoiceProps) {
  const found = list[device];
  const id = chosen[device];
  const value = found.some((one) => one.id === id) ? (id ?? '') : '';
  return (
    <div class="settings-choice">
      <label>
        <span>{label}</span>
        <select
          value={value}
          data-part={`choose-${device}`}
          onChange={({ currentTarget }) => void devices.choose(device, currentTarget.value || null)}
        >
          <option value="">{t('devices.automatic')}</option>
          {found.map((one, index) => (
            <option key={one.id} value={one.id} translate={false}>
              {one.label || `${label} ${index + 1}`}
            </option>
          ))}
        </select>
      </label>
      {children}
    </div>
  );
}

/** Shown as it is: a service without a relay can hide nothing, and a link may leave no choice. */
function HideAddress({ devices, isOn }: SettingsProps & { readonly isOn: boolean }) {
  const { hasRelay, relayOnly } = state.value;
  const hint = relayOnly
    ? 'devices.address-required'
    : hasRelay === false
      ? 'devices.address-none'
      : 'devices.address-hint';
  return (
    <Switch
      part="hide-address"
      label={t('devices.address')}
      hint={t(hint)}
      isOn={relayOnly || (isOn && hasRelay !== false)}
      isFixed={relayOnly || hasRelay === false}
      onChange={(on) => devices.choices.set({ hidesAddress: on })}
    />
  );
}
