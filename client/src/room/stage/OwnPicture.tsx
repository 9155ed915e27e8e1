// The own picture: small in a corner that the person chooses, beside the other person, or hidden.

import { makeLazy } from '../../ui/lazy';
import { later } from '../store/later-parts';
import { ownRole, speaking, state } from '../store/room-store';
import { isAlone, isOwnSmall, ownPlace } from './stage-layout';
import { Tile } from './Tile';

/** Loaded after the first picture. */
export const moveHandle = makeLazy(
  () => later('MoveHandle'),
  () => null,
);

export function OwnPicture() {
  const { me, outcome } = state.value;
  return (
    <div class={`stage-own ${ownPlace.value}`} data-part="own-picture" hidden={isAlone.value}>
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
      {isOwnSmall.value && <moveHandle.View />}
    </div>
  );
}
