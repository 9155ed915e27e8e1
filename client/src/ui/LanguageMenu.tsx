// The languages by their speakers' names, so that a reader finds their own on a page that they cannot read.

import { Globe } from 'lucide';
import type { TargetedEvent, VNode } from 'preact';
import './LanguageMenu.css';
import { chooseFromMenu, language, t } from '../i18n';
import { LANGUAGES } from '../i18n/languages';
import { Icon } from './Icon';

export function LanguageMenu(): VNode {
  const choose = async ({ currentTarget }: TargetedEvent<HTMLSelectElement>) => {
    await chooseFromMenu(currentTarget.value);
    // Words that did not come leave the page as it was, and the menu says so.
    currentTarget.value = language.value;
  };
  return (
    <label class="language-menu" data-part="language-menu" title={t('language.menu')}>
      <Icon of={Globe} />
      <span class="visually-hidden">{t('language.menu')}</span>
      <select class="field" value={language.value} onChange={(event) => void choose(event)}>
        {LANGUAGES.map(({ code, nativeName }) => (
          <option key={code} value={code} lang={code}>
            {nativeName}
          </option>
        ))}
      </select>
    </label>
  );
}
