// What the start page asks for, and the two calls to the API that make it.

import { t } from '../i18n';
import { ApiError, acceptTutor, createSession } from '../platform/api';
import { decimalsOf, receiveAmount } from '../platform/money';

/** The form as typed. */
export interface Typed {
  readonly studentAddress: string;
  readonly language: string;
  readonly rate: string;
  readonly currency: string;
}

export type Field = keyof Typed;

/** A session with both links. */
export interface Made {
  readonly sessionId: string;
  readonly studentUrl: string;
  readonly tutorUrl: string;
}

/** What is wrong, beside the field it is about; null: about the whole. */
export interface Problem {
  readonly field: Field | null;
  /** Says it in the language that the page has by then. */
  readonly say: () => string;
}

const FIELD_OF_REQUEST: Readonly<Record<string, Field>> = {
  studentAddress: 'studentAddress',
  language: 'language',
  ratePerHourMinor: 'rate',
  currency: 'currency',
  decimals: 'currency',
};

/** Make a throw-away address: nobody's, as good as any for trying out. */
export function makeAddress(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Make a session and both links, the tutor's because "the tutor accepted"; or say what is wrong. */
export async function makeSession(typed: Typed): Promise<Made | Problem> {
  const currency = typed.currency.trim().toUpperCase();
  const decimals = decimalsOf(currency);
  const ratePerHourMinor = receiveAmount(typed.rate, decimals ?? 2);
  if (!ratePerHourMinor) {
    return { field: 'rate', say: () => t('start.rate-invalid', { count: decimals ?? 2 }) };
  }
  try {
    const session = await createSession({
      studentAddress: typed.studentAddress.trim(),
      language: typed.language,
      ratePerHourMinor,
      currency,
      ...(decimals === null ? {} : { decimals }),
    });
    const { tutorUrl } = await acceptTutor(session.sessionId);
    return { sessionId: session.sessionId, studentUrl: session.studentUrl, tutorUrl };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { field: FIELD_OF_REQUEST[error.field ?? ''] ?? null, say: () => explain(error) };
  }
}

/** Say it in the reader's words where we have them, else in the API's own. */
function explain({ code, message }: ApiError): string {
  switch (code) {
    case 'address-invalid':
    case 'currency-unknown':
    case 'rate-invalid':
    case 'unreachable':
      return t(`start.error.${code}`);
    case 'api-key-required':
      return t('start.needs-key');
    default:
      return message;
  }
}
