// What draws files in the chat, in one file: nobody loads it before the first.

export { ChosenFiles } from './ChosenFiles';
export { FileLine } from './FileLine';
