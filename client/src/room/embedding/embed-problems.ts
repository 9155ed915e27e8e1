// Tells the platform's developers what their page keeps from the call, in the console and by an `embed-problem`. The people in
// the call read it elsewhere, where they press.

import { effect } from '@preact/signals';
import { readClock } from '../../base/clock';
import { allowsFeature, type Feature, isFramed } from '../../base/permissions-policy';
import { serverTime } from '../../call/state';
import type { EmbedProblem } from '../../embed/parent-events';
import { isShown } from '../../theme/apply-theme';
import { refusal } from '../store/notice-state';
import { call, link, parent } from '../store/room-store';
import { findMissingFeatures } from './missing-features';

/** Tell the platform what its page lacks. */
export function reportProblem(problem: Pick<EmbedProblem, 'code' | 'needs' | 'message'>): void {
  console.warn(`LangDAO call: ${problem.message} The page that embeds the call needs ${problem.needs}`);
  const timestamp = serverTime(call.state, readClock());
  parent.tell({ type: 'embed-problem', sessionId: link.room, ...problem, timestamp });
}

let isReported = false;

/** Tell once which features this call shows and the frame's `allow` leaves out. */
export function reportMissingFeatures(): void {
  if (isReported || !isFramed()) return;
  isReported = true;
  reportFeatures(findMissingFeatures(allowsFeature, isShown));
  if (allowsFeature('camera') !== null) return;
  // Firefox and Safari tell it only by refusing a request.
  effect(() => {
    if (refusal.value === 'screen.blocked') reportFeatures(['display-capture']);
  });
  let isTold = false;
  call.subscribe({
    onState: ({ problem }) => {
      if (isTold || problem !== 'blocked') return;
      isTold = true;
      reportFeatures(['camera', 'microphone']);
    },
  });
}

function reportFeatures(missing: readonly Feature[]): void {
  if (missing.length === 0) return;
  reportProblem({
    code: 'not-allowed',
    needs: `allow="${missing.join('; ')}"`,
    message: `The frame may not use ${missing.join(', ')}.`,
  });
}
