// What of the stage is loaded after the first picture: nobody draws, reacts, shares or moves a picture before that.

import { makeLazy } from '../../ui/lazy';
import { later } from '../store/later-parts';

export const board = makeLazy(
  () => later('BoardPlace'),
  () => null,
);

export const listeningSign = makeLazy(
  () => later('ListeningSign'),
  () => null,
);

export const moveHandle = makeLazy(
  () => later('MoveHandle'),
  () => null,
);

export const reactions = makeLazy(
  () => later('Reactions'),
  () => null,
);

export const screens = makeLazy(
  () => later('Screens'),
  () => null,
);
