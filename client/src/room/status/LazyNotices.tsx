// The notices, fetched after the first picture. Until then there are none to see.

import { makeLazy } from '../../ui/lazy';
import { later } from '../store/later-parts';

export const notices = makeLazy(
  () => later('Notices'),
  () => null,
);
