// Words that only the lobby says: their English comes with it, and not with a call that is joined at once.

import { addWords, type Key, type LaterKey, say } from '.';
import words from './en.json?lobby';
import type { InLobby } from './word-split';

addWords(words);

/** Say *key*, as the `t` of every page does; also a key of these words. */
export const t = say<Key | Extract<LaterKey, InLobby>>;
