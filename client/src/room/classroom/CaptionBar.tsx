// The row of the captions, under the pictures: the other's words, and what is written of one's own. Nothing covers the bill.

import { Settings2, X } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import './CaptionBar.css';
import type { Role } from '../../call/transport/wire';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { isReading, readCaptions } from '../store/caption-reading';
import { otherRole, state } from '../store/room-store';
import { CaptionOwn } from './CaptionOwn';
import { CaptionSettings } from './CaptionSettings';
import { CaptionText } from './CaptionText';
import { captionSize, readCaptionSize } from './caption-size';
import type { CaptionsView } from './captions';
import { captions } from './live-captions';
import { tools } from './tools-state';

export { startLiveCaptions } from './live-captions';

export function CaptionBar() {
  const [isOpen, setOpen] = useState(false);
  useEffect(readCaptionSize, []);
  const view = captions.view.value;
  const isOwnShown = hasOwnRow(view);
  if (!isReading.value && !isOwnShown) return null;
  return (
    <section
      class={view.state === 'asking' ? 'captions is-asking' : 'captions'}
      aria-label={t('captions.title')}
      data-part="captions"
      data-size={captionSize.value}
    >
      {isReading.value && (
        <div class="captions-read">
          <div class="captions-screen">
            <CaptionText />
            <Says view={view} />
          </div>
          <div class="captions-tools">
            <Tool name="settings" icon={Settings2} onClick={() => setOpen(true)} />
            <Tool name="close" icon={X} onClick={() => readCaptions(false)} />
          </div>
        </div>
      )}
      <output class="captions-dropped" data-part="captions-dropped">
        {view.hasDropped && t('captions.dropped')}
      </output>
      {isOwnShown && <CaptionOwn />}
      {isOpen && <CaptionSettings onClose={() => setOpen(false)} />}
    </section>
  );
}

function Tool(props: {
  readonly name: 'settings' | 'close';
  readonly icon: typeof X;
  readonly onClick: () => void;
}) {
  const { name, icon, onClick } = props;
  const label = t(`captions.${name}`);
  return (
    <button
      type="button"
      class="button"
      data-part={`captions-${name}`}
      aria-haspopup={name === 'settings' ? 'dialog' : undefined}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon of={icon} />
    </button>
  );
}

/** Where nothing is there to be read, why. */
function Says({ view }: { readonly view: CaptionsView }) {
  const said = sentenceOf(view, otherRole, {
    hasPeer: state.value.peer !== null,
    isMissing: tools.status.value?.isMissing === true,
  });
  return (
    <output class="captions-says" data-part="captions-says">
      {said && t(said)}
    </output>
  );
}

type Sentence = 'tools.missing' | `captions.${'asked' | 'declined' | 'unable' | 'ready'}.${Role}`;

/** Choose what to say to who reads. Nobody is missed who is not in the lesson: the stage says that. */
export function sentenceOf(
  { theirs, log }: Pick<CaptionsView, 'theirs' | 'log'>,
  other: Role,
  { hasPeer, isMissing }: { readonly hasPeer: boolean; readonly isMissing: boolean },
): Sentence | null {
  if (!hasPeer) return null;
  if (isMissing) return 'tools.missing';
  if (theirs.writing === 'off') return `captions.asked.${other}`;
  if (theirs.writing !== 'on') return `captions.${theirs.writing}.${other}`;
  const hasWords = log.theirs !== null || log.lines.some(({ isOwn }) => !isOwn);
  return hasWords ? null : `captions.ready.${other}`;
}

/** Tell whether there is something to say of one's own words. What the other asks a browser that cannot is no question. */
export function hasOwnRow({ state, isAsked }: Pick<CaptionsView, 'state' | 'isAsked'>): boolean {
  if (state === 'off' || state === 'looking' || state === 'declined') return false;
  return state !== 'unable' || !isAsked;
}
