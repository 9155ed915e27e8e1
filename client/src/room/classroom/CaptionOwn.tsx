// The own words: the question whether to write them, and while they are written, what the browser heard, and how to end it.

import { CaptionsOff, X } from 'lucide';
import { useEffect } from 'preact/hooks';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { announce } from '../../ui/LiveRegion';
import { state as here, otherRole } from '../store/room-store';
import type { CaptionsView } from './captions';
import { captions } from './live-captions';

export function CaptionOwn() {
  const view = captions.view.value;
  if (view.state === 'asking' && view.found) return <Question view={view} way={view.found.way} />;
  const isBusy = view.state === 'on' || view.state === 'installing';
  return (
    <div class="captions-own" data-part="captions-own" data-state={view.state}>
      <Status view={view} />
      <button type="button" class="button" data-part="captions-stop" onClick={() => captions.stop()}>
        <Icon of={isBusy ? CaptionsOff : X} />
        <span>{t(isBusy ? 'again.stop' : 'notice.dismiss')}</span>
      </button>
    </div>
  );
}

function Status({ view: { state, log } }: { readonly view: CaptionsView }) {
  if (state === 'installing') return <output>{t('captions.installing')}</output>;
  if (state === 'failed') return <output>{t('captions.failed')}</output>;
  if (state === 'unable') return <output>{t('captions.none')}</output>;
  if (!here.value.me.audio) return <p>{t('room.microphone-off')}</p>;
  const said = log.own ?? [...log.lines].reverse().find(({ isOwn }) => isOwn);
  return (
    <p class="captions-said">
      <strong>{t('room.you')}</strong>{' '}
      <bdi lang={said?.language || undefined} data-part="captions-said">
        {said?.text ?? '…'}
      </bdi>
    </p>
  );
}

type Way = NonNullable<CaptionsView['found']>['way'];

/** Plain: who hears it, and what each answer does. Without an answer nothing happens. */
function Question({ view, way }: { readonly view: CaptionsView; readonly way: Way }) {
  const asks = view.isAsked ? t(`captions.asks.${otherRole}`) : null;
  const about = t(`captions.${way}`);
  useEffect(() => announce('captions', asks ? `${asks} ${about}` : about), [asks, about]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset needs a form's look taken away.
    <div
      class="captions-question"
      role="group"
      aria-labelledby="captions-question"
      data-part="captions-question"
      data-way={way}
    >
      <p id="captions-question">
        {asks && <strong>{asks}</strong>} {about}
      </p>
      <div class="captions-answers">
        <button type="button" class="button" data-part="captions-no" onClick={() => captions.decline()}>
          {t('captions.no')}
        </button>
        <button
          type="button"
          class={way === 'service' ? 'button' : 'button primary'}
          data-part="captions-yes"
          onClick={() => captions.agree()}
        >
          {t(`captions.yes.${way}`)}
        </button>
      </div>
    </div>
  );
}
