// Everything one needs less often than the row: a button, and behind it plain buttons in groups.

import { signal } from '@preact/signals';
import { Ellipsis } from 'lucide';
import { useRef } from 'preact/hooks';
import './MoreMenu.css';
import { t } from '../../i18n';
import { Icon } from '../../platform/icon';
import { Popup } from '../Popup';
import { makeHelpSection } from './help';
import { makeLayoutSection } from './layouts';
import { makeMediaSection } from './media';
import type { MakeSection, MenuEntry, MenuSection } from './menu';
import { makeReactionSection } from './reactions';

/** In the order they are shown. Whoever has something to offer adds a line here. */
const SECTIONS: readonly MakeSection[] = [
  makeReactionSection,
  makeLayoutSection,
  makeMediaSection,
  makeHelpSection,
];

export const isMenuOpen = signal(false);

export function MoreMenu() {
  const button = useRef<HTMLButtonElement>(null);
  return (
    <div class="more">
      <button
        ref={button}
        type="button"
        class="control plain"
        data-part="more"
        aria-haspopup="dialog"
        aria-expanded={isMenuOpen.value}
        aria-controls={isMenuOpen.value ? 'more-menu' : undefined}
        aria-label={t('control.more')}
        title={t('control.more')}
        onClick={() => {
          isMenuOpen.value = !isMenuOpen.value;
        }}
      >
        <Icon of={Ellipsis} />
      </button>
      {isMenuOpen.value && (
        <Popup label={t('control.more')} part="more-menu" opener={() => button.current} onClose={close}>
          {SECTIONS.map((make) => make()).map(
            (section) => section && <Section key={section.name} section={section} onChosen={leave} />,
          )}
        </Popup>
      )}
    </div>
  );

  function leave(): void {
    button.current?.focus();
    close();
  }
}

function close(): void {
  isMenuOpen.value = false;
}

function Section(props: { readonly section: MenuSection; readonly onChosen: () => void }) {
  const { name, title, isRow = false, entries } = props.section;
  return (
    <section class="more-section" data-part={`more-section-${name}`}>
      {title !== undefined && <h2>{title}</h2>}
      <div class={isRow ? 'more-row' : undefined}>
        {entries.map((entry) => (
          <Entry key={entry.part} entry={entry} onChosen={props.onChosen} />
        ))}
      </div>
    </section>
  );
}

function Entry(props: { readonly entry: MenuEntry; readonly onChosen: () => void }) {
  const { part, icon, sign, label, isPressed, letter, keepsOpen = false, onClick } = props.entry;
  const choose = () => {
    if (!keepsOpen) props.onChosen();
    onClick();
  };
  return (
    <button
      type="button"
      class={sign === undefined ? 'more-entry' : 'more-sign'}
      data-part={`more-${part}`}
      aria-pressed={isPressed}
      aria-keyshortcuts={letter}
      aria-label={sign === undefined ? undefined : label}
      title={sign === undefined ? undefined : label}
      onClick={choose}
    >
      {icon && <Icon of={icon} />}
      <span>{sign ?? label}</span>
      {letter !== undefined && (
        <span class="more-letter" aria-hidden="true" translate={false}>
          {letter}
        </span>
      )}
    </button>
  );
}
