// Does the three things that a platform does: it makes the session, watches its feed, and asks for the tutor's link once the
// student is there (R3). The page draws `demoState` and calls `start` and `startAgain`.

import { signal } from '@preact/signals';
import { t } from '../i18n';
import { ApiError, createSession, makeTutorLink } from '../platform/api';
import { type DemoAction, FIRST_STATE, reduceDemo, wantsTutorLink } from './demo-state';
import { watchFeed } from './feed';

/** At 36.00 an hour a session costs one cent a second: everyone can check the bill in their head. */
const REQUEST = {
  studentAddress: '0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1',
  language: 'es',
  ratePerHourMinor: 3_600,
  currency: 'USD',
} as const;
const TUTOR_ADDRESS = '0x8ba1f109551bD432803012645Ac136ddd64DBA72';

export const demoState = signal(FIRST_STATE);

let stopFeed = (): void => {};
let isAsking = false;

/** Take an action, and do what the new state calls for. */
export function tell(action: DemoAction): void {
  demoState.value = reduceDemo(demoState.value, action);
  if (wantsTutorLink(demoState.value)) void askTutorLink();
}

/** Start a session: make the session; the student's call opens with it. */
export async function start(): Promise<void> {
  tell({ type: 'start' });
  try {
    const session = await createSession({ ...REQUEST, displayName: t('demo.student.name') });
    tell({ type: 'created', session });
    stopFeed = watchFeed(session.sessionId, {
      bill: (bill) => tell({ type: 'billed', bill }),
      event: (event) => tell({ type: 'fed', event }),
      connection: (lost) => tell({ type: 'feed', lost }),
    });
  } catch (error) {
    tell({ type: 'failed', problem: explain(error) });
  }
}

/** Begin again with another session. */
export function startAgain(): void {
  stopFeed();
  tell({ type: 'again' });
}

async function askTutorLink(): Promise<void> {
  const sessionId = demoState.value.session?.sessionId;
  if (isAsking || sessionId === undefined) return;
  const isStillOurs = (): boolean => demoState.value.session?.sessionId === sessionId;
  isAsking = true;
  try {
    const { tutorUrl } = await makeTutorLink(sessionId, TUTOR_ADDRESS, t('demo.tutor.name'));
    if (isStillOurs()) tell({ type: 'tutor-link', url: tutorUrl });
  } catch (error) {
    if (isStillOurs() && !isTooEarly(error)) tell({ type: 'failed', problem: explain(error) });
  } finally {
    isAsking = false;
  }
}

/** The student's page may tell of itself a moment before the backend has it stored: the next event asks again. */
function isTooEarly(answer: unknown): boolean {
  return answer instanceof ApiError && answer.code === 'student-not-connected';
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
