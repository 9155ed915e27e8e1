// The English that few people ever read, as it is in en.json: the build leaves it out of what every page loads
// (vite.config.ts, LATE). Whoever says such a phrase imports this file.

import english from './en.json';
import late from './en.json?late';

Object.assign(english, late);
