// Measurements in the reader's language. Intl writes units since Chrome 77, Firefox 78 and Safari 14.1; before, their signs do.

import { locale } from '.';

/** Say *value* in an Intl *unit*, or with its *sign*; null for a value that is not known. */
export function sayUnit(value: number | null, unit: string, sign: string): string | null {
  if (value === null) return null;
  try {
    return new Intl.NumberFormat(locale.value, { style: 'unit', unit }).format(value);
  } catch {
    return `${value} ${sign}`;
  }
}

/** Say *value*, per cent; null for a value that is not known. */
export function sayPercent(value: number | null): string | null {
  const style = { style: 'percent', maximumFractionDigits: 1 } as const;
  return value === null ? null : new Intl.NumberFormat(locale.value, style).format(value / 100);
}
