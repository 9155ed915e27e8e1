// The stage: the other person, the own picture, and in between a card that says what is going on.

import { t } from '../../i18n';
import { makeLazy } from '../../ui/lazy';
import { later } from '../store/later-parts';
import { otherRole, ownRole, speaking, stage, state } from '../store/room-store';
import { OwnPicture } from './OwnPicture';
import { Reactions } from './Reactions';
import { OwnScreen, Screen } from './Screen';
import { Between } from './StageMessage';
import { corner, hasScreen, isAlone, isOnName, isOwnSmall, layout } from './stage-layout';
import { Tile } from './Tile';

/** Both are loaded after the first picture. */
const listeningSign = makeLazy(
  () => later('ListeningSign'),
  () => null,
);

const board = makeLazy(
  () => later('BoardPlace'),
  () => null,
);

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
      <Screen />
      <OwnScreen />
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
      {isAlone.value && <Reactions of={ownRole} />}
    </section>
  );
}
