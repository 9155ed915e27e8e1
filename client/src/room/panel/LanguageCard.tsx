// The lesson's language: its name as the reader says it, and as its speakers do (R8).

import './LanguageCard.css';
import { t } from '../../i18n';
import { languageOf } from '../../i18n/languages';
import { nameLanguage } from '../../i18n/localized';

export function LanguageCard({ code }: { readonly code: string }) {
  const lesson = languageOf(code);
  if (!lesson) return null;
  const name = nameLanguage(lesson);
  return (
    <p class="language-card" data-part="language-card">
      <span class="language-code" aria-hidden="true" translate={false}>
        {lesson.code.toUpperCase()}
      </span>
      <span>
        <span class="visually-hidden">{t('details.language')}: </span>
        <strong>{name}</strong>
        {name !== lesson.nativeName && (
          <span class="quiet" lang={lesson.code}>
            {lesson.nativeName}
          </span>
        )}
      </span>
    </p>
  );
}
