// Inside the call: tells the platform's page around it (iframe) or behind it (popup) what happens (R28–R34). Law: it talks only
// to an exact origin that the service's configuration allows.

import { formatTimer } from '../base/clock';
import type { GraceDecision, LogoMessage, ParentEvent, ParentEventMap } from './parent-events';

export type TellParent = (event: ParentEvent) => void;

/** Tell whether *origin* is allowed: `'self'`, an exact origin, or one with `:*` for any port. */
export function isAllowedOrigin(origin: string, allowed: readonly string[], own: string): boolean {
  return allowed.some((rule) => {
    if (rule === "'self'") return origin === own;
    if (!rule.endsWith(':*')) return origin === rule.replace(/\/$/, '');
    const stem = rule.slice(0, -':*'.length);
    return (
      origin === stem || (origin.startsWith(`${stem}:`) && /^\d{1,5}$/.test(origin.slice(stem.length + 1)))
    );
  });
}

export function makeTimerUpdate(
  sessionId: string,
  userRole: ParentEventMap['timer-update']['userRole'],
  elapsedSeconds: number,
  timestamp: number,
): ParentEventMap['timer-update'] {
  return {
    type: 'timer-update',
    sessionId,
    elapsedSeconds,
    formattedTime: formatTimer(elapsedSeconds),
    userRole,
    timestamp,
  };
}

/** The page around the call: it is told what happens, and may answer a warning. */
export interface ParentPage {
  readonly tell: TellParent;
  readonly onDecision: (decide: (decision: GraceDecision['decision']) => void) => void;
  /** The platform's logo, once its page has sent it. */
  readonly onLogo: (show: (logo: unknown) => void) => void;
  /** Whether there is such a page: then the link's fragment is the platform's own. */
  readonly isThere: boolean;
}

/** Find the page to talk to; without one nothing is told and nothing is heard. */
export function findParent(): ParentPage {
  const target = window.parent !== window ? window.parent : (window.opener as Window | null);
  const origin = findOrigin();
  if (!target || !origin || !isAllowedOrigin(origin, readAllowed(), location.origin)) {
    return { tell: () => undefined, onDecision: () => undefined, onLogo: () => undefined, isThere: false };
  }
  const listen = (hear: (data: unknown) => void) =>
    addEventListener('message', (message) => {
      if (message.source === target && message.origin === origin) hear(message.data);
    });
  let logo: unknown;
  let showLogo = (newest: unknown) => {
    logo = newest;
  };
  // The platform's page may send the logo before anything here can show it.
  listen((data) => isLogo(data) && showLogo(data.logo));
  return {
    tell: (event) => target.postMessage(event, origin),
    onDecision: (decide) => listen((data) => isDecision(data) && decide(data.decision)),
    onLogo: (show) => {
      showLogo = show;
      if (logo !== undefined) show(logo);
    },
    isThere: true,
  };
}

function isDecision(value: unknown): value is GraceDecision {
  if (typeof value !== 'object' || value === null) return false;
  const { type, decision } = value as { type?: unknown; decision?: unknown };
  return type === 'grace-period-decision' && (decision === 'wait' || decision === 'end');
}

function isLogo(value: unknown): value is LogoMessage {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'logo';
}

/** `ancestorOrigins` cannot be forged; Firefox lacks it, and a popup has none: there the referrer says it. */
function findOrigin(): string | null {
  const ancestor = window.parent !== window ? location.ancestorOrigins?.[0] : undefined;
  if (ancestor) return ancestor;
  try {
    return new URL(document.referrer).origin;
  } catch {
    return null;
  }
}

function readAllowed(): readonly string[] {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="langdao:parent-origins"]');
  return (meta?.content ?? '').split(/\s+/).filter(Boolean);
}
