// The menu's content: groups of buttons, and the language of the page. It is loaded after the first picture.

import './Menu.css';
import { Icon } from '../../ui/Icon';
import { LanguageMenu } from '../../ui/LanguageMenu';
import { ReactionSign } from '../stage/reaction-signs';
import { makeHelpSection } from './help-entries';
import { makeLayoutSection } from './layout-entries';
import { makeMediaSection } from './media-entries';
import { closeMenu, type MakeSection, type MenuEntry, type MenuSection } from './menu-entries';
import { makeReactionSection } from './reaction-entries';

/** The groups, in the order in which they are shown. */
const SECTIONS: readonly MakeSection[] = [
  makeReactionSection,
  makeLayoutSection,
  makeMediaSection,
  makeHelpSection,
];

export function Menu() {
  return (
    <>
      {SECTIONS.map((make) => make()).map(
        (section) => section && <Section key={section.name} section={section} />,
      )}
      <div class="more-section more-language">
        <LanguageMenu />
      </div>
    </>
  );
}

function Section(props: { readonly section: MenuSection }) {
  const { name, title, isRow = false, fold, entries } = props.section;
  const about = { class: 'more-section', 'data-part': `more-section-${name}` };
  const list = (
    <div class={isRow ? 'more-row' : undefined}>
      {entries.map((entry) => (
        <Entry key={entry.part} entry={entry} />
      ))}
    </div>
  );
  if (fold) {
    return (
      <details {...about}>
        <summary class="more-entry">
          <Icon of={fold} />
          {title}
        </summary>
        {list}
      </details>
    );
  }
  return (
    <section {...about} aria-labelledby={`more-title-${name}`}>
      <h2 id={`more-title-${name}`}>{title}</h2>
      {list}
    </section>
  );
}

function Entry(props: { readonly entry: MenuEntry }) {
  const { part, icon, sign, label, isPressed, letter, keepsOpen = false, onClick } = props.entry;
  const choose = () => {
    if (!keepsOpen) closeMenu();
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
      {sign ? <ReactionSign of={sign} /> : <span>{label}</span>}
      {letter !== undefined && (
        <span class="more-letter" aria-hidden="true" translate={false}>
          {letter}
        </span>
      )}
    </button>
  );
}
