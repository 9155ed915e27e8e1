// Makes a card of a word that was met somewhere in the lesson: in the chat, the notes or the captions.

import { loadPart } from '../../base/load-part';
import { ownRole } from '../store/room-store';
import { tools } from './tools-state';

/** Add *word* to the vocabulary, with the sentence in which it was met; resolves to whether there was room. */
export async function addWord(word: string, example = ''): Promise<boolean> {
  await tools.open();
  const { value: classroom } = tools.classroom;
  if (!classroom || tools.status.value?.isFull) return false;
  const { WordList } = await loadPart(() => import('../../classroom/word-list'));
  return new WordList(classroom.doc).add({ word, meaning: '', example }, ownRole);
}
