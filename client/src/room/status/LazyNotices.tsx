// The notices, loaded once the page is drawn: at the first picture there are none.

import { makeLazy } from '../../ui/lazy';

export const notices = makeLazy(
  () => import('./Notices').then(({ Notices }) => Notices),
  () => null,
);
