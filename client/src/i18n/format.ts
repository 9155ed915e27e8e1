// Numbers, amounts, times and names as readers of a locale write them. Nothing here computes: digits are placed.
// Law: what an old browser's Intl lacks has a fallback; no page stays empty for want of a format.

/** An amount of smallest units. */
export interface Amount {
  readonly minor: number;
  readonly currency: string;
  readonly decimals: number;
}

type Style = Intl.NumberFormatOptions & Intl.DateTimeFormatOptions;

const CLOCK = { hour: '2-digit', minute: '2-digit' } as const;
const DATE = { day: 'numeric', month: 'short', year: 'numeric' } as const;

// Making a format costs a thousand times what using it does, and a page shows the same few every second.
const numbers = remember((locale, style) => new Intl.NumberFormat(locale, style));
const dates = remember((locale, style) => new Intl.DateTimeFormat(locale, style));

export function formatNumber(locale: string, value: number): string {
  return numbers(locale).format(value);
}

/** Write *text*, which has been put together from 0–9, with the reader's digits. */
export function withOwnDigits(locale: string, text: string): string {
  const ten = [...numbers(locale, { useGrouping: false }).format(9_876_543_210)].reverse();
  return text.replace(/\d/g, (digit) => ten[Number(digit)] ?? digit);
}

/** Write an amount in its currency; one that Intl does not know (a token) is written behind the number. */
export function formatAmount(locale: string, { minor, currency, decimals }: Amount): string {
  const amount = minor / 10 ** decimals;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  try {
    const text = numbers(locale, { style: 'currency', currency, ...digits }).format(amount);
    // At the end of a line written from the right, the sign of `US$` would jump to the other side of its letters.
    return text.replace(/^\u200f.*[A-Z]\$$/, '$&\u200e');
  } catch {
    return `${numbers(locale, digits).format(amount)}\u00a0${currency}`;
  }
}

/** Write the time of day of Unix *ms*, in the reader's zone. */
export function formatTimeOfDay(locale: string, ms: number, style: Style = CLOCK): string {
  return dates(locale, style).format(ms);
}

export function formatDateAndTime(locale: string, ms: number): string {
  return dates(locale, { ...DATE, ...CLOCK }).format(ms);
}

/** Name the language *code* in the reader's own; null where the browser cannot. */
export function formatLanguageName(locale: string, code: string): string | null {
  const { DisplayNames } = Intl as { DisplayNames?: DisplayNamesClass };
  try {
    const name = DisplayNames && new DisplayNames([locale], { type: 'language' }).of(code);
    // It stands alone, where a Spanish or Russian reader expects a capital letter.
    return name ? name.charAt(0).toLocaleUpperCase(locale) + name.slice(1) : null;
  } catch {
    return null;
  }
}

type DisplayNamesClass = new (
  locales: readonly string[],
  options: { readonly type: 'language' },
) => { of: (code: string) => string | undefined };

function remember<Format>(
  make: (locale: string, style: Style) => Format,
): (locale: string, style?: Style) => Format {
  const made = new Map<string, Format>();
  return (locale, style = {}) => {
    const key = locale + JSON.stringify(style);
    const format = made.get(key) ?? make(locale, style);
    made.set(key, format);
    return format;
  };
}
