// The stage: the other person, the own picture, and in between a card that says what is going on.

import { t } from '../../i18n';
import { otherRole, ownRole, speaking, stage, state } from '../store/room-store';
import { board, listeningSign, reactions, screens } from './later-stage';
import { OwnPicture } from './OwnPicture';
import { Between } from './StageMessage';
import { corner, hasScreen, isAlone, isOnName, isOwnSmall, layout } from './stage-layout';
import { Tile } from './Tile';

export function Stage() {
  const { peer } = state.value;
  return (
    <section
      class={`stage ${hasScreen.value ? 'with-screen' : layout.value}${isAlone.value ? ' is-alone' : ''}`}
      data-layout={layout.value}
      data-own={isOwnSmall.value && !isAlone.value ? corner.value : undefined}
      data-part="stage"
      data-stage={stage.value}
      aria-label={t('room.title')}
    >
      <screens.View />
      <board.View />
      <div class={isOnName.value ? 'stage-remote name-at-top' : 'stage-remote'}>
        <Tile
          part="remote"
          role={otherRole}
          address={peer?.address ?? null}
          name={peer?.name ?? null}
          audio={peer?.audio ?? true}
          video={peer?.video ?? true}
          isPaused={peer?.video === true && peer.videoPaused}
          hand={peer?.hand === true}
          isSpeaking={speaking.value.remote && peer?.audio === true}
        />
        <listeningSign.View />
      </div>
      <Between />
      <OwnPicture />
      {isAlone.value && <reactions.View of={ownRole} />}
    </section>
  );
}
