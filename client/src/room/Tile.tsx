// One person's picture: video or initials, role badge, name label, what is off, and a green border while they speak.

import { MicOff, VideoOff } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import './Tile.css';
import type { Role } from '../call/wire';
import { t } from '../i18n';
import { Icon } from '../platform/icon';
import { shortAddress } from './format';
import type { Source } from './model';

interface TileProps {
  readonly part: 'own' | 'remote';
  readonly role: Role;
  readonly address: string;
  readonly source: Source | null;
  readonly audio: boolean;
  readonly video: boolean;
  readonly isSpeaking: boolean;
  readonly children?: ComponentChildren;
}

export function Tile({ part, role, address, source, audio, video, isSpeaking, children }: TileProps) {
  const element = useRef<HTMLVideoElement>(null);
  const [isBlocked, setBlocked] = useState(false);
  const stream = source?.stream ?? null;

  useLayoutEffect(() => {
    const player = element.current;
    if (!player) return;
    if (player.srcObject !== stream) player.srcObject = stream;
    // Without a gesture some browsers refuse sound; then a button asks for one. Other failures end by themselves.
    if (stream)
      player.play().catch((error: { name?: string }) => setBlocked(error.name === 'NotAllowedError'));
  }, [source]);

  const unblock = () => {
    setBlocked(false);
    void element.current?.play();
  };
  const name = shortAddress(address);
  return (
    <figure
      class={`tile ${part}${isSpeaking ? ' speaking' : ''}${video ? '' : ' no-video'}`}
      data-part={`${part}-tile`}
      data-speaking={isSpeaking}
    >
      <video
        ref={element}
        data-part={`${part}-video`}
        aria-label={part === 'own' ? t('room.own-video') : t(`room.remote-video.${role}`)}
        muted={part === 'own'}
        autoplay
        playsInline
      />
      {!video && (
        <span class={`tile-avatar ${role}`} aria-hidden="true">
          {t(`role.${role}`).charAt(0)}
        </span>
      )}
      {children}
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
      {isBlocked && (
        <button type="button" class="button primary tile-unblock" onClick={unblock}>
          {t(`room.hear.${role}`)}
        </button>
      )}
    </figure>
  );
}
