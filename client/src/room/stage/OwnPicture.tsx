// The own picture: small in a corner that the person chooses, beside the other person, or hidden.

import { ownRole, speaking, state } from '../store/room-store';
import { moveHandle } from './later-stage';
import { isAlone, isOwnSmall, ownPlace } from './stage-layout';
import { Tile } from './Tile';

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
