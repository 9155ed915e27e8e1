// The own picture: small in a corner that the person chooses, beside the other person, or hidden.

import { useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { ownRole, speaking, state } from '../store/room-store';
import { useMovable } from './movable';
import { isAlone, isOwnSmall, ownPlace } from './stage-layout';
import { Tile } from './Tile';

export function OwnPicture() {
  const { me, outcome } = state.value;
  const box = useRef<HTMLDivElement>(null);
  const handlers = useMovable(box);
  return (
    <div ref={box} class={`stage-own ${ownPlace.value}`} data-part="own-picture" hidden={isAlone.value}>
      <Tile
        part="own"
        role={ownRole}
        address={me.address}
        name={me.name}
        audio={me.audio}
        video={me.video && outcome === null}
        hand={me.hand}
        isSpeaking={speaking.value.own}
      />
      {isOwnSmall.value && (
        <button
          type="button"
          class="stage-move"
          data-part="move-own"
          aria-label={t('layout.move')}
          title={t('layout.move-how')}
          {...handlers}
        />
      )}
    </div>
  );
}
