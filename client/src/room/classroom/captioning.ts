// How this page comes to write down what its person says: who wished it, what the browser can, and the person's yes. Pure. Law: it is
// written exactly in the state `on`, and nothing leads there but a yes or the person's own wish on their own device.

import type { Writing } from '../../classroom/caption-talk';

/** `looking`: the browser is asked what it can. `asking`: the person is. */
export type CaptioningState =
  | 'off'
  | 'looking'
  | 'asking'
  | 'installing'
  | 'on'
  | 'declined'
  | 'failed'
  | 'unable';

/** `asked` by the other person, `wished` by the own; `found` a way that needs a yes, `ready` one that needs none. */
export type CaptioningEvent =
  | 'asked'
  | 'wished'
  | 'found'
  | 'ready'
  | 'missing'
  | 'agreed'
  | 'fetching'
  | 'failed'
  | 'declined'
  | 'stopped';

/** What follows what; an event without a row changes nothing. */
export const CAPTIONING_NEXT: Readonly<
  Record<CaptioningState, Readonly<Partial<Record<CaptioningEvent, CaptioningState>>>>
> = {
  off: { asked: 'looking', wished: 'looking' },
  looking: { found: 'asking', ready: 'on', missing: 'unable', stopped: 'off' },
  asking: { agreed: 'on', fetching: 'installing', declined: 'declined', stopped: 'off' },
  installing: { agreed: 'on', failed: 'failed', stopped: 'off' },
  on: { failed: 'failed', stopped: 'off' },
  declined: { asked: 'looking', wished: 'looking', stopped: 'off' },
  failed: { asked: 'looking', wished: 'looking', stopped: 'off' },
  unable: { asked: 'looking', wished: 'looking', stopped: 'off' },
};

/** What the other page is told of each state. While somebody decides, nothing is on. */
export const WRITING_OF: Readonly<Record<CaptioningState, Writing>> = {
  off: 'off',
  looking: 'off',
  asking: 'off',
  installing: 'off',
  on: 'on',
  declined: 'declined',
  failed: 'unable',
  unable: 'unable',
};
