// The words of the questions and the ends of a call. English comes with the page, so these come with the part that says
// them (src/room/ends), which few calls need before they are over.

import words from './en.json?only=ends';
import { addEnglish } from './index';

addEnglish(words);
