// The notices, fetched after the first picture. Until then there are none to see.

import { makeLazy } from '../../ui/lazy';

export const notices = makeLazy(
  () => import('./Notices').then(({ Notices }) => Notices),
  () => null,
);
