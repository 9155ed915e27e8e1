// Words for what is loaded when it is wanted: their English comes with it, and not with the page. Whoever says one of
// them takes `t` from here, which the compiler sees to.

import { addWords, type LaterKey, say } from '.';
import words from './en.json?later';

addWords(words);

/** Say *key*, as the `t` of every page does; also a key of these words. */
export const t = say<LaterKey>;
