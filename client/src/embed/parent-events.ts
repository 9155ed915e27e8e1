// What a call tells the page around it (R28–R33): plain objects with `type` on top, by postMessage (R34).
// Times are Unix ms, durations whole seconds. Fields are added, never renamed, retyped or dropped.

export type Role = 'student' | 'tutor';

interface ParentEventBase<T extends string> {
  readonly type: T;
  readonly sessionId: string;
  readonly timestamp: number;
}

/** Both are connected: the platform may begin to show the bill (R28). */
export interface SessionStarted extends ParentEventBase<'session-started'> {
  readonly participants: readonly Role[];
  readonly userAddress: string;
  readonly language: string;
}

/** Once a second; `formattedTime` is `mm:ss`, or `h:mm:ss` from an hour on (R29). */
export interface TimerUpdate extends ParentEventBase<'timer-update'> {
  readonly elapsedSeconds: number;
  readonly formattedTime: string;
  readonly userRole: Role;
}

/** The call's page is there and hears this one; nobody has joined yet. Comes again after a reload of the frame. */
export interface CallReady extends ParentEventBase<'call-ready'> {}

/** What keeps a call from something, and what the page around it can do: for its developers, not for its readers. */
export interface EmbedProblem extends ParentEventBase<'embed-problem'> {
  /** `sandboxed`: no call can run here. `popups-blocked`: a link could not be opened. `not-allowed`: `allow` leaves
   * features out. Told by embed.js itself: `no-answer`, and `popup-unheard`. */
  readonly code: 'sandboxed' | 'popups-blocked' | 'not-allowed' | 'no-answer' | 'popup-unheard';
  /** What to write where, such as `allow="display-capture"`. */
  readonly needs: string;
  /** English. */
  readonly message: string;
}

/** A user joined (R30). */
export interface UserConnected extends ParentEventBase<'user-connected'> {
  readonly userRole: Role;
}

/** A user left or the connection dropped (R30). */
export interface UserDisconnected extends ParentEventBase<'user-disconnected'> {
  readonly userRole: Role;
  readonly reason: string;
}

/** The session is over: show the final bill (R31). */
export interface SessionEnded extends ParentEventBase<'session-ended'> {
  readonly totalSeconds: number;
  readonly endedBy: string;
  readonly userAddress: string;
}

/** The person goes on to the platform's next page (`look.next`): this window is about to leave for it. */
export interface NextPageOpened extends ParentEventBase<'next-page'> {
  readonly url: string;
}

/** A user switched the microphone or the camera (R32). */
export interface UserAction extends ParentEventBase<'user-action'> {
  readonly action: 'muted' | 'unmuted' | 'video-enabled' | 'video-disabled';
  readonly userRole: Role;
  readonly userAddress: string;
}

/** Someone is gone, or a page claims something; without an answer the session ends after the grace period (R39). */
export interface ConnectionWarning extends ParentEventBase<'connection-warning'> {
  readonly disconnectedRole: Role;
  readonly gracePeriodSeconds: number;
  /** Why, where nobody is gone: `media`, `dispute` or `silence`. */
  readonly cause?: string;
  /** What each side's page says. */
  readonly claims?: { readonly student: string | null; readonly tutor: string | null };
}

/** The warning is over: they came back, or someone chose to wait. */
export interface GraceResolved extends ParentEventBase<'grace-resolved'> {
  readonly outcome: 'returned' | 'wait';
}

/** The prepaid time is nearly over. */
export interface LowBalance extends ParentEventBase<'low-balance'> {
  readonly remainingSeconds: number;
}

/** How the connection is doing (R33). */
export interface ConnectionStatus extends ParentEventBase<'connection-status'> {
  readonly isConnected: boolean;
  readonly participantsCount: number;
  readonly connectionQuality: 'excellent' | 'good' | 'poor' | 'disconnected';
}

/** Every message of the call to its parent page, by its `type`. */
export interface ParentEventMap {
  'call-ready': CallReady;
  'embed-problem': EmbedProblem;
  'session-started': SessionStarted;
  'timer-update': TimerUpdate;
  'user-connected': UserConnected;
  'user-disconnected': UserDisconnected;
  'session-ended': SessionEnded;
  'user-action': UserAction;
  'connection-status': ConnectionStatus;
  'connection-warning': ConnectionWarning;
  'grace-resolved': GraceResolved;
  'low-balance': LowBalance;
  'next-page': NextPageOpened;
}

/** What the page around the call may answer to a `connection-warning`, for the one who stayed (R40). */
export interface GraceDecision {
  readonly type: 'grace-period-decision';
  readonly decision: 'wait' | 'end';
}

/** The platform's logo, a small picture as a data URI: the page that embeds the call may send it at any time. */
export interface LogoMessage {
  readonly type: 'logo';
  readonly logo: string;
}

export type ParentEvent = ParentEventMap[keyof ParentEventMap];
