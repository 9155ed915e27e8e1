// The session's language, by the name that the reader uses and by the name that its speakers use (R8).

import './LanguageCard.css';
import { t } from '../../i18n';
import { languageOf } from '../../i18n/languages';
import { nameLanguage } from '../../i18n/localized';

export function LanguageCard({ code }: { readonly code: string }) {
  const language = languageOf(code);
  if (!language) return null;
  const name = nameLanguage(language);
  return (
    <p class="language-card" data-part="language-card">
      <span class="language-code" aria-hidden="true" translate={false}>
        {language.code.toUpperCase()}
      </span>
      <span>
        <span class="visually-hidden">{t('details.language')}: </span>
        <strong>{name}</strong>
        {name !== language.nativeName && (
          <span class="quiet" lang={language.code}>
            {language.nativeName}
          </span>
        )}
      </span>
    </p>
  );
}
