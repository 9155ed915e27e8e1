// Numbers, money, times and addresses as people read them. Nothing here computes money: digits are only placed.

import type { Cost } from '../call/wire';
import { formatTimer } from '../embed/bridge';
import { language } from '../i18n';

export const formatDuration = formatTimer;

/** Write an amount in its currency; one that Intl does not know (a token) is written behind the number. */
export function formatCost({ minor, currency, decimals }: Cost): string {
  const amount = minor / 10 ** decimals;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  try {
    return new Intl.NumberFormat(language.value, { style: 'currency', currency, ...digits }).format(amount);
  } catch {
    return `${new Intl.NumberFormat(language.value, digits).format(amount)} ${currency}`;
  }
}

/** Write the time of day of Unix *ms*, in the reader's zone. */
export function formatTime(ms: number): string {
  return new Intl.DateTimeFormat(language.value, { hour: '2-digit', minute: '2-digit' }).format(ms);
}

export function formatDateTime(ms: number): string {
  const options = {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  } as const;
  return new Intl.DateTimeFormat(language.value, options).format(ms);
}

/** Shorten an address as wallets do: `0x742d…2aD1`. */
export function shortAddress(address: string): string {
  return address.length > 12 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address;
}
