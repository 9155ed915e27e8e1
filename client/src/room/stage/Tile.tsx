// One person's picture: video or initial, role badge, name, what is off, and a green border while they speak.

import { Hand, MicOff, SignalLow, VideoOff } from 'lucide';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Role } from '../../call/transport/wire';
import { t } from '../../i18n';
import { shortAddress } from '../../i18n/localized';
import { Avatar } from '../../ui/Avatar';
import { Icon } from '../../ui/Icon';
import { type Person, PLAY_CHANGED, pictureOf, play, playRefused } from '../page/pictures';
import { watchFit } from './fit';
import { reactions } from './later-stage';
import { isWhole } from './stage-layout';

interface TileProps {
  readonly part: Person;
  readonly role: Role;
  /** Null while nobody is there; then there is no label. */
  readonly address: string | null;
  /** What the link calls them; without one the address is shown. */
  readonly name?: string | null;
  readonly audio: boolean;
  readonly video: boolean;
  /** The camera is on, and the line carries only the sound for now: the last picture would look like a frozen person. */
  readonly isPaused?: boolean;
  readonly hand: boolean;
  readonly isSpeaking: boolean;
}

export function Tile({
  part,
  role,
  address,
  name = null,
  audio,
  video,
  isPaused = false,
  hand,
  isSpeaking,
}: TileProps) {
  const hasPicture = video && !isPaused;
  const place = useRef<HTMLDivElement>(null);
  const [isRefused, setRefused] = useState(false);

  useLayoutEffect(() => {
    const picture = pictureOf(part);
    // The other person's screen has sound too, and no button of its own.
    const heard = part === 'remote' ? [picture, pictureOf('screen')] : [picture];
    const readRefusal = () => setRefused(heard.some((video) => video.hasAttribute('data-refused')));
    place.current?.append(picture);
    // The browser has paused a picture that was out of the page for a while (HTML §4.8.11.8).
    if (picture.srcObject && picture.paused) play(picture);
    for (const video of heard) video.addEventListener(PLAY_CHANGED, readRefusal);
    readRefusal();
    const stopFitting = watchFit(picture, part === 'remote' ? isWhole : null);
    return () => {
      stopFitting();
      for (const video of heard) video.removeEventListener(PLAY_CHANGED, readRefusal);
    };
  }, [part]);
  pictureOf(part).setAttribute(
    'aria-label',
    part === 'own' ? t('room.own-video') : t(`room.remote-video.${role}`),
  );

  return (
    <figure
      class={`tile ${part}${isSpeaking ? ' speaking' : ''}${hasPicture ? '' : ' no-video'}`}
      data-part={`${part}-tile`}
      data-speaking={isSpeaking}
    >
      <div ref={place} />
      {!hasPicture && <Avatar class="tile-avatar" role={role} name={name} />}
      {isPaused && (
        <p class="tile-paused" data-part={`${part}-paused`}>
          <Icon of={SignalLow} /> {t('room.picture-paused')}
        </p>
      )}
      {address !== null && <Label {...{ part, role, address, name, audio, video }} />}
      {hand && (
        <span class="tile-hand" data-part={`${part}-hand`}>
          <Icon of={Hand} />
          <span class="visually-hidden">{t('room.hand-raised')}</span>
        </span>
      )}
      <reactions.View of={role} />
      {isRefused && (
        <button type="button" class="button primary tile-unblock" onClick={playRefused}>
          {t(`room.hear.${role}`)}
        </button>
      )}
    </figure>
  );
}

function Label({
  part,
  role,
  address,
  name,
  audio,
  video,
}: Pick<TileProps, 'part' | 'role' | 'name' | 'audio' | 'video'> & { readonly address: string }) {
  return (
    <figcaption class="tile-label">
      <span class={`badge ${role}`}>{t(`role.${role}`)}</span>
      <span class="tile-name">
        {part === 'own' ? t('room.you') : ''} <bdi title={address}>{name ?? shortAddress(address)}</bdi>
      </span>
      {audio && <Bars />}
      {!audio && (
        <span class="tile-off" data-part={`${part}-muted`}>
          <Icon of={MicOff} />
          <span class="visually-hidden">{t('room.microphone-off')}</span>
        </span>
      )}
      {!video && (
        <span class="tile-off" data-part={`${part}-camera-off`}>
          <Icon of={VideoOff} />
          <span class="visually-hidden">{t('room.camera-off')}</span>
        </span>
      )}
    </figcaption>
  );
}

/** Three bars that move with the voice, for people who do not see the green border. */
function Bars() {
  return (
    <span class="tile-bars" aria-hidden="true">
      <span />
      <span />
      <span />
    </span>
  );
}
