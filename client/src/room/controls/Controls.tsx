// The row of buttons: microphone, camera, chat, end (R12). Green is on, red is off, and the words say the same.

import { Hand, MessageSquare, Mic, MicOff, Phone, ScreenShare, Video, VideoOff } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { locale, t } from '../../i18n';
import { formatNumber } from '../../i18n/format';
import { isShown } from '../../theme/apply-theme';
import { Icon } from '../../ui/Icon';
import { hasShareButton, toggleScreen } from '../devices/display-actions';
import { hasPanel, isPanelOpen, openPanel } from '../store/panel-state';
import { call, ownScreen, pageProblem, stage, state, toggleDevice } from '../store/room-store';
import { unread } from '../store/unread';
import { MoreMenu } from './MoreMenu';
import { Toggle } from './Toggle';

/** A finger that meant the button beside it has so long to think again. */
const ASKED_MS = 8_000;

/** The second tap of a double one answers no question. */
const DOUBLE_TAP_MS = 500;

export function Controls() {
  const { me, isEnding, peer } = state.value;
  /** When the question was asked, as the browser's events count time; 0 while there is none. */
  const [askedMs, setAskedMs] = useState(0);
  useEffect(() => {
    if (!askedMs) return undefined;
    const timer = setTimeout(setAskedMs, ASKED_MS, 0);
    return () => clearTimeout(timer);
  }, [askedMs]);
  const isGone = stage.value === 'moved' || stage.value === 'refused' || pageProblem !== null;
  return (
    <section class="controls" aria-label={t('control.group')}>
      <Toggle
        part="microphone"
        label={t('control.microphone')}
        title={t(me.audio ? 'control.mute' : 'control.unmute')}
        isOn={me.audio}
        icons={[Mic, MicOff]}
        isDisabled={isGone}
        onClick={() => toggleDevice('audio')}
      />
      <Toggle
        part="camera"
        label={t('control.camera')}
        title={t(me.video ? 'control.hide' : 'control.show')}
        isOn={me.video}
        icons={[Video, VideoOff]}
        isDisabled={isGone}
        onClick={() => toggleDevice('video')}
      />
      {hasShareButton() && (
        <button
          type="button"
          class="control plain"
          data-part="share"
          aria-pressed={ownScreen.value !== null}
          aria-keyshortcuts="s"
          aria-label={t('screen.share')}
          title={t(ownScreen.value ? 'screen.stop' : 'screen.share')}
          disabled={isGone}
          onClick={() => void toggleScreen()}
        >
          <Icon of={ScreenShare} />
        </button>
      )}
      {isShown('hand') && (
        <button
          type="button"
          class="control plain hand"
          data-part="hand"
          aria-pressed={me.hand}
          aria-keyshortcuts="h"
          aria-label={t('control.hand')}
          title={t(me.hand ? 'control.hand-lower' : 'control.hand-raise')}
          disabled={isGone}
          onClick={() => call.dispatch({ type: 'raise-hand', up: !me.hand })}
        >
          <Icon of={Hand} />
        </button>
      )}
      {hasPanel() && (
        <button
          type="button"
          class="control plain"
          data-part="panel"
          aria-pressed={isPanelOpen.value}
          aria-keyshortcuts="c"
          aria-label={t('control.panel')}
          aria-describedby={unread.value > 0 ? 'unread' : undefined}
          title={t('control.panel')}
          onClick={() => openPanel(!isPanelOpen.value)}
        >
          <Icon of={MessageSquare} />
          {unread.value > 0 && (
            <span class="control-count">
              {formatNumber(locale.value, unread.value)}
              <span class="visually-hidden" id="unread">
                {t('control.unread', { count: unread.value })}
              </span>
            </span>
          )}
        </button>
      )}
      <MoreMenu />
      <button
        type="button"
        class="control end"
        data-part="end"
        aria-label={t('control.end')}
        title={t('control.end')}
        aria-describedby={askedMs ? 'end-question' : undefined}
        disabled={isGone || isEnding}
        onClick={({ timeStamp }) => {
          if (peer && !askedMs && isTouched()) setAskedMs(timeStamp);
          else if (!askedMs || timeStamp - askedMs > DOUBLE_TAP_MS) call.dispatch({ type: 'end' });
        }}
      >
        <Icon of={Phone} />
      </button>
      {askedMs > 0 && !isGone && !isEnding && (
        <div class="end-question" data-part="end-question">
          <output id="end-question">{t('control.end-question')}</output>
          <button type="button" class="button" data-part="end-not" onClick={() => setAskedMs(0)}>
            {t('control.end-not')}
          </button>
        </div>
      )}
    </section>
  );
}

/** A mouse and a key seldom meet what they did not mean. */
function isTouched(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches;
}
