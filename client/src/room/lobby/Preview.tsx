// The own picture and microphone, as the other person will see and hear them, and the choice of devices. The browser asks
// the person nothing before a gesture.

import { Mic, MicOff, Video, VideoOff, Webcam } from 'lucide';
import type { FunctionComponent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { loadPart } from '../../base/load-part';
import type { Devices } from '../../call/media/devices';
import { t } from '../../i18n/lobby-words';
import { Avatar } from '../../ui/Avatar';
import { Icon } from '../../ui/Icon';
import { Toggle } from '../controls/Toggle';
import { problems } from '../devices/LazyProblem';
import { Level } from '../devices/Level';
import { pictureOf } from '../page/pictures';
import { devices, ownRole, state } from '../store/room-store';
import { ask, isSettled, microphone, shown, toggle } from './lobby-store';

export function Preview() {
  return (
    <section class="preview" aria-label={t('room.own-video')}>
      <div class={`tile own preview-tile is-${shown.value}`} data-part="preview" data-shown={shown.value}>
        <OwnPicture />
        <Note />
      </div>
      <Bar />
      <DeviceChoice />
      <NetworkPlace />
    </section>
  );
}

function OwnPicture() {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.append(pictureOf('own'));
  }, []);
  pictureOf('own').setAttribute('aria-label', t('room.own-video'));
  return <div ref={place} hidden={shown.value !== 'picture' && shown.value !== 'starting'} />;
}

function Note() {
  switch (shown.value) {
    case 'picture':
      return null;
    case 'starting':
      return (
        <div class="preview-note is-late">
          <span class="stage-busy" aria-hidden="true" />
          <p>{t('lobby.opening')}</p>
        </div>
      );
    case 'off':
      return (
        <div class="preview-note">
          <Avatar class="tile-avatar" role={ownRole} name={state.value.me.name} />
          <p>{t('room.camera-off')}</p>
        </div>
      );
    case 'ask':
      return (
        <div class="preview-note" data-part="ask">
          <Icon of={Webcam} />
          <h2>{t('lobby.ask.title')}</h2>
          <p>{t('lobby.ask.text')}</p>
          <p class="preview-actions">
            <button type="button" class="button" onClick={ask}>
              {t('lobby.allow')}
            </button>
          </p>
        </div>
      );
    case 'problem':
      return <problems.View />;
  }
}

function Bar() {
  const { me } = state.value;
  return (
    <div class="preview-bar">
      <Toggle
        part="microphone"
        label={t('control.microphone')}
        title={t(me.audio ? 'control.mute' : 'control.unmute')}
        isOn={me.audio}
        icons={[Mic, MicOff]}
        onClick={() => toggle('audio')}
      />
      <Level track={isSettled.value && me.audio ? microphone.value : null} />
      <Toggle
        part="camera"
        label={t('control.camera')}
        title={t(me.video ? 'control.hide' : 'control.show')}
        isOn={me.video}
        icons={[Video, VideoOff]}
        onClick={() => toggle('video')}
      />
    </div>
  );
}

/** Loaded when it is opened: most people never open it. */
function DeviceChoice() {
  const [Settings, setSettings] = useState<FunctionComponent<{ devices: Devices }> | null>(null);
  const load = async () => {
    const { DeviceSettings } = await loadPart(() => import('../devices/DeviceSettings'));
    setSettings(() => DeviceSettings);
  };
  return (
    <details class="preview-devices" data-part="device-choice" onToggle={() => void load()}>
      <summary>{t('devices.title')}</summary>
      {Settings && <Settings devices={devices} />}
    </details>
  );
}

/** The network check's place. It is loaded after the own picture, and begins then; without it the person joins all the same. */
function NetworkPlace() {
  const [Check, setCheck] = useState<FunctionComponent | null>(null);
  useEffect(() => {
    if (!isSettled.value) return;
    import('./NetworkCheck').then(
      (part) => setCheck(() => part.NetworkCheck),
      () => undefined,
    );
  }, [isSettled.value]);
  return <div class="preview-network">{Check && <Check />}</div>;
}
