// The session's live feed (Server-Sent Events): the bill whenever it changes, and every stored event once.
// The browser reconnects by itself and says which event it had last; nothing is missed and nothing comes twice.

import { feedUrl, type Session } from '../platform/api';
import type { Received } from './demo-state';

const STORED_TYPES = [
  'session-created',
  'tutor-accepted',
  'user-connected',
  'user-disconnected',
  'proof-lost',
  'proof-resumed',
  'user-action',
  'connection-warning',
  'grace-decision',
  'session-ended',
] as const;

export interface FeedListener {
  bill(bill: Session): void;
  event(event: Received): void;
  /** The feed is lost, or back. */
  connection(lost: boolean): void;
}

/** Watch the feed of a session until its end; returns what stops it earlier. */
export function watchFeed(sessionId: string, listener: FeedListener): () => void {
  const source = new EventSource(feedUrl(sessionId));
  source.onopen = () => listener.connection(false);
  source.onerror = () => listener.connection(true);
  source.addEventListener('bill', (message) => listener.bill(JSON.parse(message.data) as Session));
  for (const type of STORED_TYPES) {
    source.addEventListener(type, (message) => {
      if (type === 'session-ended') source.close();
      listener.event(JSON.parse(message.data) as Received);
    });
  }
  return () => source.close();
}
