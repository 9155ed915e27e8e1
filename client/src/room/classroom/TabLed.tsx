// The other person has brought one to a tab, or wants to.

import './TabLed.css';
import { t } from '../../i18n/lazy-words';
import { cameFrom, chosenTab, goBack, goToTab, stay, wantedTab } from './panel-tab';
import { otherName } from './tools-state';

export function TabLed() {
  const { value: wanted } = wantedTab;
  const name = otherName();
  return (
    <output class={`tab-led ${chosenTab.value}`}>
      {(wanted || cameFrom.value) && (
        <span class="tab-led-line" data-part="tab-led">
          <span class="led-words">{t(wanted ? 'board.wanted' : 'board.brought', { name })}</span>
          <span class="led-ways">
            {wanted && (
              <button type="button" class="button" data-part="tab-go" onClick={() => goToTab(wanted)}>
                {t('board.go')}
              </button>
            )}
            <button type="button" class="button" data-part="tab-back" onClick={wanted ? stay : goBack}>
              {t(wanted ? 'board.stay' : 'board.back')}
            </button>
          </span>
        </span>
      )}
    </output>
  );
}
