// Words for modules that are loaded when they are wanted: their English comes with them, and not with the page. Such a module
// takes `t` from here; the compiler sees to it.

import { addWords, type LaterKey, say } from '.';
import words from './en.json?later';

addWords(words);

/** Say *key*, as the `t` of every page does; also a key of these words. */
export const t = say<LaterKey>;
