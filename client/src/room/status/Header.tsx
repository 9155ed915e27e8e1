// The top line: the platform, the session's language, the timer and the connection (R8, R10, R14).

import { Languages } from 'lucide';
import './Header.css';
import { t } from '../../i18n';
import { languageOf } from '../../i18n/languages';
import { formatDuration, nameLanguage } from '../../i18n/localized';
import { Icon } from '../../ui/Icon';
import { elapsed, state } from '../store/room-store';
import { Brand } from './Brand';
import { Connection } from './Connection';

export function Header() {
  const { session } = state.value;
  const language = session && languageOf(session.language);
  return (
    <div class="head">
      <Brand />
      {language && (
        <p class="head-language" data-part="language">
          <Icon of={Languages} />
          <span>{nameLanguage(language)}</span>
          {nameLanguage(language) !== language.nativeName && (
            <span class="quiet" lang={language.code}>
              {language.nativeName}
            </span>
          )}
        </p>
      )}
      <p class="head-timer numbers" role="timer" aria-label={t('timer.label')} data-part="timer">
        {formatDuration(elapsed.value)}
      </p>
      <Connection />
    </div>
  );
}
