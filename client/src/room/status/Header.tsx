// The top line: what this is, which language, how long, and how the connection is doing (R8, R10, R14).

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
  const lesson = session && languageOf(session.language);
  return (
    <div class="head">
      <Brand />
      {lesson && (
        <p class="head-language" data-part="language">
          <Icon of={Languages} />
          <span>{nameLanguage(lesson)}</span>
          {nameLanguage(lesson) !== lesson.nativeName && (
            <span class="quiet" lang={lesson.code}>
              {lesson.nativeName}
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
