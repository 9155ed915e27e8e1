// The top line: what this is, which language, how long, and how the connection is doing (R8, R10, R14).

import { Languages, Signal, SignalLow, SignalMedium, WifiOff } from 'lucide';
import './Header.css';
import { language as pageLanguage, t } from '../i18n';
import { languageOf } from '../i18n/languages';
import { Icon } from '../platform/icon';
import { formatDuration } from './format';
import { elapsed, stage, state } from './model';

const QUALITY_ICONS = {
  excellent: Signal,
  good: SignalMedium,
  poor: SignalLow,
} as const;

export function Header() {
  const { session } = state.value;
  const lesson = session && languageOf(session.language);
  void pageLanguage.value;
  return (
    <header class="head">
      <p class="head-brand">
        LangDAO<span class="visually-hidden"> {t('room.title')}</span>
      </p>
      {lesson && (
        <p class="head-language" data-part="language">
          <Icon of={Languages} />
          <span>{lesson.name}</span>
          <span class="quiet" lang={lesson.code}>
            {lesson.nativeName}
          </span>
        </p>
      )}
      <p class="head-timer numbers" role="timer" aria-label={t('timer.label')} data-part="timer">
        {formatDuration(elapsed.value)}
      </p>
      <ConnectionStatus />
    </header>
  );
}

function ConnectionStatus() {
  const { quality, socket } = state.value;
  const isLive = stage.value === 'live';
  const shown = quality === 'disconnected' ? 'good' : quality;
  const words = isLive ? t(`quality.${shown}`) : t(`status.${socket === 'lost' ? 'offline' : stage.value}`);
  return (
    <p class={`head-status ${isLive ? shown : stage.value}`} data-part="connection-status">
      {isLive && <Icon of={QUALITY_ICONS[shown]} />}
      {(socket === 'lost' || stage.value === 'reconnecting') && <Icon of={WifiOff} />}
      <span>{words}</span>
    </p>
  );
}
