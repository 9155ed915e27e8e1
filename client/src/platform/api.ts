// What the platform's backend offers over HTTP, as our own start and demo pages use it. Amounts are integers of
// the currency's smallest unit with the text to show beside them: nothing here computes money.

import type { Role } from '../embed/parent-events';
import { ownUrl, writeSegment } from './service-urls';

export interface Money {
  readonly minor: number;
  readonly currency: string;
  readonly decimals: number;
  readonly formatted: string;
}

export interface Participant {
  readonly connected: boolean;
  readonly epoch: number;
  readonly address: string | null;
}

export type SessionState = 'waiting' | 'live' | 'paused' | 'grace' | 'ended';

/** A session as it stands; times in Unix ms. */
export interface Session {
  readonly sessionId: string;
  readonly state: SessionState;
  readonly reason: string | null;
  readonly startTime: number | null;
  readonly language: string | null;
  readonly billableSeconds: number;
  /** While the meter runs: up to when the seconds count. */
  readonly provenAt: number | null;
  readonly cost: Money;
  readonly ratePerHour: Money;
  readonly participants: Readonly<Record<Role, Participant>>;
  readonly ended: SessionEnd | null;
  readonly version: number;
  readonly serverTime: number;
}

export interface SessionEnd {
  readonly endedBy: string;
  readonly reason: string;
  readonly totalSeconds: number;
  readonly timestamp: number;
}

export interface SessionRequest {
  readonly studentAddress: string;
  readonly language: string;
  readonly ratePerHourMinor: number;
  readonly currency: string;
  readonly decimals?: number;
  /** What the student is called in the call. */
  readonly displayName?: string;
}

export interface CreatedSession {
  readonly sessionId: string;
  readonly sessionStart: number;
  readonly studentUrl: string;
}

export interface TutorLink {
  readonly sessionId: string;
  readonly sessionStart: number;
  readonly tutorUrl: string;
}

/** A refusal of the API: a stable `code`, a sentence for people, and the request's field it is about, if one. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly field: string | null,
  ) {
    super(message);
  }
}

/** Make a session for a student (R3). */
export function createSession(request: SessionRequest): Promise<CreatedSession> {
  return post<CreatedSession>('', request);
}

/** Tell that the tutor accepted, and get the tutor's link. */
export function acceptTutor(sessionId: string): Promise<TutorLink> {
  return post<TutorLink>(`/${writeSegment(sessionId)}/accept`, {});
}

/** Get the tutor's link; refused with `student-not-connected` before the student has come. */
export function makeTutorLink(
  sessionId: string,
  tutorAddress: string,
  displayName: string,
): Promise<TutorLink> {
  return post<TutorLink>(`/${writeSegment(sessionId)}/tutor-link`, { tutorAddress, displayName });
}

/** Where the live feed of a session is (Server-Sent Events). */
export function feedUrl(sessionId: string): string {
  return ownUrl(`/api/sessions/${writeSegment(sessionId)}/feed`);
}

async function post<T>(path: string, body: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(ownUrl(`/api/sessions${path}`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new ApiError('unreachable', 'The service did not answer.', null);
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw receiveError(answer, response.status);
  return answer as T;
}

const FIELD_OF_CODE: ReadonlyMap<string, string> = new Map([
  ['address-invalid', 'studentAddress'],
  ['language-unknown', 'language'],
  ['rate-invalid', 'ratePerHourMinor'],
  ['currency-unknown', 'currency'],
]);

/** Read `{code, message, fields?}`; whatever else came becomes an error that names the status. */
export function receiveError(answer: unknown, status: number): ApiError {
  const { code, message, fields } = (answer ?? {}) as { code?: unknown; message?: unknown; fields?: unknown };
  if (typeof code !== 'string' || typeof message !== 'string') {
    return new ApiError('unexpected', `The service answered with status ${status}.`, null);
  }
  const first = Array.isArray(fields)
    ? (fields[0] as { field?: unknown; message?: unknown } | undefined)
    : undefined;
  if (typeof first?.field === 'string' && typeof first.message === 'string') {
    return new ApiError(code, first.message, first.field);
  }
  return new ApiError(code, message, FIELD_OF_CODE.get(code) ?? null);
}
