// Saves the words for Anki. What writes the package is loaded with the first press.

import { Layers } from 'lucide';
import { makeFileName } from '../../classroom/saved-name';
import { t } from '../../i18n/lazy-words';
import { link } from '../store/room-store';
import type { WrittenCard } from './card-rows';
import { SaveButton } from './SaveButton';
import { saveFile } from './save-file';

export function AnkiButton({ cards }: { readonly cards: readonly WrittenCard[] }) {
  const save = async () => {
    const { writeDeck } = await import('./lesson-parts');
    saveFile(await writeDeck(cards), makeFileName(link.room, 'apkg'));
  };
  return <SaveButton icon={Layers} label={t('home.anki')} part="save-anki" onSave={save} />;
}
