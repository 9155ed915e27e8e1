// An amount as a person types it, as an integer of smallest units: decimal digits are moved, never multiplied.

import minorUnits from './minor-units.json';

/** What a session is often paid in. */
const COMMON_CURRENCIES = ['USD', 'EUR', 'GBP', 'JPY', 'CHF', 'BRL'];

/** Stablecoins a session is often paid in; no ISO 4217 code, so their decimals go along. */
const TOKEN_DECIMALS: ReadonlyMap<string, number> = new Map([
  ['USDC', 6],
  ['USDT', 6],
]);

/** What a form offers. */
export const CURRENCIES_OFFERED: readonly string[] = [...COMMON_CURRENCIES, ...TOKEN_DECIMALS.keys()];

/** The decimals of ISO 4217, where they are not 2; the service's tests compare the list with the standard's. */
const DECIMALS = new Map(
  Object.entries(minorUnits).flatMap(([decimals, codes]) => codes.map((code) => [code, Number(decimals)])),
);

/** Say how many decimals *currency* has; null when it is neither a currency nor a token we know.
 *
 * A browser's own number is for display (CLDR, and each browser another): 0 for RSD, where a smallest unit is a
 * hundredth. Whoever sends an amount sends its decimals along: a disagreement is then refused, not billed a hundredfold.
 */
export function decimalsOf(currency: string): number | null {
  const known = TOKEN_DECIMALS.get(currency) ?? DECIMALS.get(currency);
  if (known !== undefined) return known;
  return /^[A-Z]{3}$/.test(currency) && listCurrencies().includes(currency) ? 2 : null;
}

/** The currencies this browser knows; a browser that cannot list them gets the commonest. */
function listCurrencies(): readonly string[] {
  const { supportedValuesOf } = Intl as { supportedValuesOf?: (key: 'currency') => string[] };
  return supportedValuesOf?.('currency') ?? COMMON_CURRENCIES;
}

/** Read `20`, `20.5` or `20,50` as smallest units; null when it is no amount or is finer than *decimals*. */
export function receiveAmount(text: string, decimals: number): number | null {
  const [, whole, fraction = ''] = /^\s*(\d{1,15})(?:[.,](\d*))?\s*$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > decimals) return null;
  const minor = Number(whole + fraction.padEnd(decimals, '0'));
  return Number.isSafeInteger(minor) ? minor : null;
}
