// Where the lesson is taken home. What makes files of it is loaded at the end, and only where there can be something to keep.

import { makeLazy } from '../../ui/lazy';
import { RetryButton } from './RetryButton';

export const takeHome = makeLazy(() => import('./TakeHome').then(({ TakeHome }) => TakeHome), RetryButton);
