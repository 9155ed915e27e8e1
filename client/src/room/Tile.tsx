// One person's picture: video or initials, role badge, name label, what is off, and a green border while they speak.

import { MicOff, VideoOff } from 'lucide';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Role } from '../call/wire';
import { t } from '../i18n';
import { Icon } from '../platform/icon';
import { shortAddress } from './format';
import { type Part, PLAY_CHANGED, pictures, playPicture } from './pictures';

interface TileProps {
  readonly part: Part;
  readonly role: Role;
  /** Null while there is nobody: then there is no label, either. */
  readonly address: string | null;
  readonly audio: boolean;
  readonly video: boolean;
  readonly isSpeaking: boolean;
}

export function Tile({ part, role, address, audio, video, isSpeaking }: TileProps) {
  const place = useRef<HTMLDivElement>(null);
  const [isRefused, setRefused] = useState(false);

  useLayoutEffect(() => {
    const picture = pictures[part];
    const look = () => setRefused(picture.hasAttribute('data-refused'));
    place.current?.append(picture);
    picture.addEventListener(PLAY_CHANGED, look);
    look();
    return () => picture.removeEventListener(PLAY_CHANGED, look);
  }, [part]);
  pictures[part].setAttribute(
    'aria-label',
    part === 'own' ? t('room.own-video') : t(`room.remote-video.${role}`),
  );

  return (
    <figure
      class={`tile ${part}${isSpeaking ? ' speaking' : ''}${video ? '' : ' no-video'}`}
      data-part={`${part}-tile`}
      data-speaking={isSpeaking}
    >
      <div ref={place} />
      {!video && (
        <span class={`tile-avatar ${role}`} aria-hidden="true">
          {t(`role.${role}`).charAt(0)}
        </span>
      )}
      {address !== null && <Label {...{ part, role, address, audio, video }} />}
      {isRefused && (
        <button type="button" class="button primary tile-unblock" onClick={() => playPicture(part)}>
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
  audio,
  video,
}: Pick<TileProps, 'part' | 'role' | 'audio' | 'video'> & { readonly address: string }) {
  const name = shortAddress(address);
  return (
    <figcaption class="tile-label">
      <span class={`badge ${role}`}>{t(`role.${role}`)}</span>
      <span class="tile-name">
        {part === 'own' ? t('room.you') : ''} <bdi>{name}</bdi>
      </span>
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
