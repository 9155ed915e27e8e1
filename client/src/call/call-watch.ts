// Watches a call once the first picture is there: whether media still comes, how good the connection is, and who speaks. It is
// loaded then, and tells by actions and to the listeners.

import type { Listeners } from './listeners';
import { type VoiceMeter, watchSpeaking } from './media/speech-levels';
import type { Action, CallState } from './state';
import type { PeerLink } from './transport/peer-link';
import type { CallQuality, Sample } from './transport/quality';
import { Rating } from './transport/rating';
import { Recoverer } from './transport/recoverer';
import type { Cause, ShownLink, Step } from './transport/recovery';

/** The call, as its media and the watch see it. */
export interface WatchedCall {
  readonly state: CallState;
  readonly listeners: Listeners;
  /** Whether what is sent now reaches the room. */
  readonly isJoined: boolean;
  readonly dispatch: (action: Action) => void;
  readonly doubtSocket: (silentMs?: number) => void;
  readonly log: (what: string, detail: unknown) => void;
}

/** The media of the call, as the watch sees them. */
interface MediaPort {
  /** How long a first connection may take, ms. */
  readonly patienceMs: number;
  readonly peer: () => PeerLink | null;
  /** Whether the other side says that it sends sound or pictures. */
  readonly awaitsMedia: () => boolean;
  readonly voiceMeter: () => VoiceMeter | null;
  readonly take: (step: Step) => void;
  /** Most of what is sent is lost: send less at once. */
  readonly sendLess: () => void;
  readonly show: (link: ShownLink) => void;
}

export class CallWatch {
  private readonly recoverer: Recoverer;
  private rating = new Rating();
  private endVoices: (() => void) | undefined;

  constructor(
    private readonly call: WatchedCall,
    private readonly media: MediaPort,
  ) {
    const { patienceMs, peer, awaitsMedia, take, sendLess, show } = media;
    this.recoverer = new Recoverer({
      patienceMs,
      connection: peer,
      hasSocket: () => call.isJoined,
      awaitsMedia: () => awaitsMedia() && !globalThis.document?.hidden,
      doubtSocket: (silentMs) => call.doubtSocket(silentMs),
      wake: () => call.doubtSocket(),
      take,
      sendLess,
      show,
      log: call.log,
    });
  }

  start(): void {
    const { call, media } = this;
    this.recoverer.start();
    if (hasPage(media.peer())) this.recoverer.note('met');
    this.endVoices = watchSpeaking(
      () => (call.state.link === 'connected' ? media.peer() : null),
      media.voiceMeter,
      () => !call.state.me.audio,
      (speaking) => call.listeners.emit('onSpeaking', speaking),
      (levels) => call.listeners.emit('onLevels', levels),
    );
  }

  stop(): void {
    this.endVoices?.();
    this.recoverer.stop();
  }

  note(cause: Cause): void {
    this.recoverer.note(cause);
  }

  /** Samples are of another connection from now on. */
  beginConnection(): void {
    this.rating = new Rating();
  }

  /** Take a sample of the connection, once a second. Returns its rating, and null while that is not sure. */
  rate(sample: Sample): CallQuality | null {
    const { state, dispatch } = this.call;
    const quality = this.rating.take(sample, this.media.awaitsMedia() || state.peer?.screen === true);
    if (quality !== state.quality) dispatch({ type: 'quality', quality });
    return this.rating.isSettled ? quality : null;
  }
}

function hasPage(peer: PeerLink | null): boolean {
  return peer !== null && peer.page !== null;
}
