// Where one looks: the other person large, oneself small, and in between times what is going on.

import { t } from '../../i18n';
import { Between } from '../ends/Between';
import { otherRole, ownRole, screens, speaking, state } from '../model';
import { corner, isOwnHidden, layout } from './layout';
import { OwnScreen, Screen } from './Screen';
import { Tile } from './Tile';

export function Stage() {
  const { me, peer } = state.value;
  const place = placeOfOwn();
  const isAlone = isOwnHidden.value || layout.value === 'spotlight';
  return (
    <section
      class={`stage ${layout.value}${isAlone ? ' is-alone' : ''}${screens.value.remote ? ' with-screen' : ''}`}
      data-layout={layout.value}
      data-part="stage"
      aria-label={t('room.title')}
    >
      <Screen />
      <OwnScreen />
      <div class={place.isUnderName && !isAlone ? 'stage-remote name-at-top' : 'stage-remote'}>
        <Tile
          part="remote"
          role={otherRole}
          address={peer?.address ?? null}
          name={peer?.name ?? null}
          audio={peer?.audio ?? true}
          video={peer?.video ?? true}
          isSpeaking={speaking.value.remote && peer?.audio === true}
        />
      </div>
      <Between />
      <div class={`stage-own ${place.className}`} hidden={isAlone}>
        <Tile
          part="own"
          role={ownRole}
          address={me.address}
          audio={me.audio}
          video={me.video && state.value.outcome === null}
          isSpeaking={speaking.value.own}
        />
      </div>
    </section>
  );
}

function placeOfOwn() {
  const [row, column] = corner.value.split('-') as ['top' | 'bottom', 'start' | 'end'];
  if (layout.value !== 'speaker') return { className: '', isUnderName: false };
  return { className: `at-${row} at-${column}`, isUnderName: row === 'bottom' && column === 'start' };
}
