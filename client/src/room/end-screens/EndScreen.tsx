// The screen in place of a call that is over, is open elsewhere, has moved, was refused, or never reached the service.

import {
  CalendarX2,
  CloudOff,
  Gauge,
  Hourglass,
  type IconNode,
  Link2Off,
  MonitorSmartphone,
  ShieldAlert,
  UserX,
} from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/lazy-words';
import { formatDuration } from '../../i18n/localized';
import { CopyButton } from '../../ui/CopyButton';
import { call, link, now, stage, state } from '../store/room-store';
import { FullScreen } from './FullScreen';
import { Summary } from './Summary';

export function Ends() {
  switch (stage.value) {
    case 'ended':
      return <Summary />;
    case 'elsewhere':
    case 'moved':
      return <Elsewhere stage={stage.value} />;
    case 'refused':
      return <Refused />;
    default:
      return <Unreachable />;
  }
}

function Elsewhere(props: { readonly stage: 'elsewhere' | 'moved' }) {
  return (
    <FullScreen
      part={props.stage}
      icon={MonitorSmartphone}
      tone="plain"
      title={t(`${props.stage}.title`)}
      text={t(`${props.stage}.text`)}
      isAlert
    >
      <div class="interlude-actions">
        <button type="button" class="button primary" onClick={() => call.dispatch({ type: 'take-over' })}>
          {t('elsewhere.use')}
        </button>
      </div>
    </FullScreen>
  );
}

/** The service's refusals, and whether another try can help. */
const REFUSALS = {
  'link-expired': { icon: CalendarX2, mayReload: false },
  'link-not-yet-valid': { icon: Hourglass, mayReload: true },
  'link-revoked': { icon: Link2Off, mayReload: false },
  'token-required': { icon: Link2Off, mayReload: false },
  'token-invalid': { icon: Link2Off, mayReload: false },
  'no-relay': { icon: ShieldAlert, mayReload: true },
  'seat-belongs-to-another': { icon: UserX, mayReload: false },
  'session-over': { icon: Hourglass, mayReload: false },
  flood: { icon: Gauge, mayReload: true },
  'lobby-timeout': { icon: Hourglass, mayReload: true },
} as const satisfies Record<string, { icon: IconNode; mayReload: boolean }>;

function Refused() {
  const { outcome } = state.value;
  const code = outcome?.kind === 'refused' ? outcome.code : '';
  const isKnown = (known: string): known is keyof typeof REFUSALS =>
    Object.prototype.hasOwnProperty.call(REFUSALS, known);
  const { icon, mayReload } = isKnown(code) ? REFUSALS[code] : { icon: ShieldAlert, mayReload: true };
  return (
    <FullScreen
      part="refused"
      icon={icon}
      tone="bad"
      title={isKnown(code) ? t(`refused.title.${code}`) : t('refused.title')}
      text={isKnown(code) ? t(`refused.text.${code}`) : t('refused.text.other', { code })}
      isAlert
    >
      <div class="interlude-actions">
        {mayReload && (
          <button type="button" class="button primary" onClick={() => location.reload()}>
            {t('problem.reload')}
          </button>
        )}
        <CopyButton
          class="button"
          part="copy-details"
          label={t('refused.copy')}
          text={describeForSupport(code)}
        />
      </div>
      <p class="interlude-small">
        <code dir="ltr">
          {code} · {link.room}
        </code>
      </p>
    </FullScreen>
  );
}

/** Write what the platform's support needs to find the reason. It opens no seat to anybody. */
function describeForSupport(code: string): string {
  return `${code} · session ${link.room} · ${link.role} · ${new Date(now.value).toISOString()}`;
}

function Unreachable() {
  const [since] = useState(now.value);
  return (
    <FullScreen
      part="unreachable"
      icon={CloudOff}
      tone="bad"
      title={t('unreachable.title')}
      text={t('unreachable.text')}
      isAlert
    >
      <div class="interlude-actions">
        <button type="button" class="button primary" onClick={() => call.reconnect()}>
          {t('unreachable.now')}
        </button>
      </div>
      <p class="interlude-small numbers">
        {t('unreachable.since', {
          time: formatDuration(Math.max(0, Math.floor((now.value - since) / 1_000))),
        })}
      </p>
    </FullScreen>
  );
}
