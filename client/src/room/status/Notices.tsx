// Notices that stop nobody: a development link, a missing device, a lost service.

import { Info, MessageSquare, TriangleAlert } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './Notices.css';
import { secondsLeft } from '../../base/bill-counter';
import { t } from '../../i18n/lazy-words';
import { formatDuration } from '../../i18n/localized';
import { Icon } from '../../ui/Icon';
import { announce } from '../../ui/LiveRegion';
import { isSpeakingMuted, lineNotice, passingNotice, refusal } from '../store/notice-state';
import { openPanel, openToWrite } from '../store/panel-state';
import { blockingProblem, call, now, otherRole, stage, state } from '../store/room-store';
import { passingLine } from '../store/unread';

const ASSUMED = ['address', 'language', 'sessionStart', 'shortAddress'] as const;

export function Notices() {
  const { assumed, away, socket, session } = state.value;
  const what = ASSUMED.filter((name) => assumed.includes(name)).map((name) => t(`notice.assumed.${name}`));
  return (
    <div class="notices">
      <div class="notices-list">
        {what.length > 0 && <Notice>{t('notice.assumed', { what: what.join(', ') })}</Notice>}
        {socket === 'lost' && (
          <Notice topic="offline" isWarning>
            {t(session && stage.value === 'live' ? 'notice.offline' : 'notice.offline-waiting')}
          </Notice>
        )}
        <PausedPicture />
        <LowBalance />
        <MissingDevice />
        <Refusal />
        {away && stage.value === 'live' && <Notice isWarning>{t(`notice.away.${otherRole}`)}</Notice>}
      </div>
      <Passing />
    </div>
  );
}

function PausedPicture() {
  const { me } = state.value;
  if (!me.video || !me.videoPaused || stage.value !== 'live') return null;
  return (
    <Notice topic="picture" isWarning>
      {t('notice.picture-paused')}
    </Notice>
  );
}

/** What comes and goes by itself. */
function Passing() {
  const news = passingNotice.value;
  return (
    <div class="notices-over">
      <Glimpse />
      {news && <Notice key={news}>{t(news.key, { label: `\u2068${news.label}\u2069` })}</Notice>}
      {lineNotice.value && (
        <Notice key={lineNotice.value} isWarning>
          {lineNotice.value}
        </Notice>
      )}
      {isSpeakingMuted.value && (
        <Notice topic="muted" isWarning>
          {t('notice.speaking-muted')}
          <Action onClick={() => call.dispatch({ type: 'switch', device: 'audio', on: true })}>
            {t('control.unmute')}
          </Action>
        </Notice>
      )}
    </div>
  );
}

function Refusal() {
  if (!refusal.value) return null;
  return (
    <Notice key={refusal.value} topic="sharing" isWarning>
      {t(refusal.value)}
      <Action
        onClick={() => {
          refusal.value = null;
        }}
      >
        {t('notice.dismiss')}
      </Action>
    </Notice>
  );
}

/** A click without a pointer comes from the keyboard: go on to write. A finger must not bring up a phone's keyboard. */
function read({ detail: clicks }: MouseEvent): void {
  if (clicks === 0) openToWrite();
  else openPanel(true);
}

/** Not announced here: announcements.ts says each line. */
function Glimpse() {
  const line = passingLine.value;
  if (!line) return null;
  return (
    <button type="button" class="notice notice-line" data-part="glimpse" onClick={read}>
      <Icon of={MessageSquare} /> {t(`role.${line.role}`)}: <bdi>{line.text}</bdi>
    </button>
  );
}

function MissingDevice() {
  const { problem, missing } = state.value;
  if (!problem || blockingProblem.value) return null;
  const isMissing = missing.audio || missing.video;
  const key = missing.video
    ? 'notice.only-audio'
    : missing.audio
      ? 'notice.only-video'
      : 'notice.not-swapped';
  return (
    <Notice topic="missing" isWarning>
      {t(key, { why: t(`why.${problem}`) })}
      {isMissing && <Action onClick={() => call.retryDevices()}>{t('notice.retry')}</Action>}
      <Action onClick={() => call.dispatch({ type: 'dismiss-problem' })}>{t('notice.dismiss')}</Action>
    </Notice>
  );
}

function Action(props: { readonly onClick: () => void; readonly children: ComponentChildren }) {
  return (
    <button type="button" class="notice-button" onClick={props.onClick}>
      {props.children}
    </button>
  );
}

/** Each notice of the service is news. The rest of the prepaid time is counted as in the bill. */
function LowBalance() {
  const { lowBalanceSeconds, counted } = state.value;
  if (lowBalanceSeconds === null) return null;
  const left = (counted && secondsLeft(counted, now.value)) ?? lowBalanceSeconds;
  return (
    <Notice key={lowBalanceSeconds} topic="low-balance" isWarning>
      {t('notice.low-balance', { time: formatDuration(left) })}
    </Notice>
  );
}

interface NoticeProps {
  /** What the screen reader announces it as. Left out where it was announced already, or stands there from the start. */
  readonly topic?: string;
  readonly isWarning?: boolean;
  readonly children: ComponentChildren;
}

function Notice({ topic, isWarning = false, children }: NoticeProps) {
  const words = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const text = words.current?.firstChild?.textContent;
    if (topic && text) announce(topic, text);
  }, []);
  return (
    <div class={isWarning ? 'notice warning' : 'notice'} data-part="notice">
      <Icon of={isWarning ? TriangleAlert : Info} />
      <p ref={words}>{children}</p>
    </div>
  );
}
