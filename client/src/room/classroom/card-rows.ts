// The lesson's words in the page's words: as rows for spreadsheets and the clipboard.

import type { Role } from '../../call/transport/wire';
import { type Card, type CardText, FIELDS, textOf } from '../../classroom/word-list';
import { writeCsv } from '../../classroom/word-table';
import { t } from '../../i18n/lazy-words';
import { link, state } from '../store/room-store';

/** A card as it is written down. */
export interface WrittenCard extends CardText {
  /** Empty where the other page named nobody that there is. */
  readonly by: Role | '';
}

export function writeCard(card: Card): WrittenCard {
  return { ...textOf(card), by: isRole(card.by) ? card.by : '' };
}

/** Make a row of each card: its fields, and who added it. */
export function rowsOf(cards: readonly WrittenCard[]): string[][] {
  return cards.map((card) => [
    ...FIELDS.map((name) => card[name]),
    card.by === '' ? '' : t(`role.${card.by}`),
  ]);
}

/** Write *cards* as a table with a head. */
export function writeTable(cards: readonly WrittenCard[]): string {
  return writeCsv([[...FIELDS.map((name) => t(`vocabulary.${name}`)), t('vocabulary.by')], ...rowsOf(cards)]);
}

/** The other page may have written anything there. */
export function isRole(by: string): by is Role {
  return by === 'student' || by === 'tutor';
}

/** The lesson's language, ISO 639-1; empty where nobody has told. */
export function lessonLanguage(): string {
  return state.value.session?.language ?? link.language ?? '';
}
