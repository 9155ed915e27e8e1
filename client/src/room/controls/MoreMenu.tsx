// Everything one needs less often than the row: a button, and behind it plain buttons in groups.

import { signal } from '@preact/signals';
import { Ellipsis } from 'lucide';
import { useRef } from 'preact/hooks';
import './MoreMenu.css';
import { t } from '../../i18n';
import { Icon } from '../../platform/icon';
import { Popup } from '../Popup';
import { makeLayoutSection } from './layouts';
import { makeMediaSection } from './media';
import type { MakeSection, MenuEntry, MenuSection } from './menu';

/** In the order they are shown. Whoever has something to offer adds a line here. */
const SECTIONS: readonly MakeSection[] = [makeLayoutSection, makeMediaSection];

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
            (section) => section && <Section key={section.title} section={section} onChosen={leave} />,
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
  const { title, entries } = props.section;
  return (
    <section class="more-section">
      {title !== undefined && <h2>{title}</h2>}
      {entries.map((entry) => (
        <Entry key={entry.part} entry={entry} onChosen={props.onChosen} />
      ))}
    </section>
  );
}

function Entry(props: { readonly entry: MenuEntry; readonly onChosen: () => void }) {
  const { part, icon, label, isPressed, letter, keepsOpen = false, onClick } = props.entry;
  const choose = () => {
    if (!keepsOpen) props.onChosen();
    onClick();
  };
  return (
    <button
      type="button"
      class="more-entry"
      data-part={`more-${part}`}
      aria-pressed={isPressed}
      aria-keyshortcuts={letter}
      onClick={choose}
    >
      <Icon of={icon} />
      <span>{label}</span>
      {letter !== undefined && (
        <span class="more-letter" aria-hidden="true">
          {letter}
        </span>
      )}
    </button>
  );
}
