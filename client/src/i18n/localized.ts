// Durations, money, times, languages and addresses, written for the reader of the page.

import { formatTimer } from '../base/clock';
import { locale } from '.';
import {
  type Amount,
  formatAmount,
  formatDateAndTime,
  formatLanguageName,
  formatTimeOfDay,
  withOwnDigits,
} from './format';
import type { Language } from './languages';

/** Write whole *seconds* as R29 has it, in the reader's digits. */
export function formatDuration(seconds: number): string {
  return withOwnDigits(locale.value, formatTimer(seconds));
}

/** Write whole *seconds* as people say them, `m:ss`, from an hour on as `h:mm:ss`, in the reader's digits. */
export function formatShortDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${String(seconds % 60).padStart(2, '0')}`;
  const text = hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
  return withOwnDigits(locale.value, text);
}

export function formatCost(cost: Amount): string {
  return formatAmount(locale.value, cost);
}

/** Write the time of day of Unix *ms*, in the reader's zone. */
export function formatTime(ms: number): string {
  return formatTimeOfDay(locale.value, ms);
}

export function formatDateTime(ms: number): string {
  return formatDateAndTime(locale.value, ms);
}

/** Name a language as the reader does; where the browser cannot, as its speakers do. */
export function nameLanguage({ code, nativeName }: Language): string {
  return formatLanguageName(locale.value, code) ?? nativeName;
}

/** Shorten an address as wallets do: `0x742d…2aD1`. */
export function shortAddress(address: string): string {
  return address.length > 12 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address;
}
