// The theme of an embedded call: it goes into the link's fragment, and the logo is sent after it.

import type { LogoMessage } from './parent-events';

/** An option that is left out keeps the call's own look. */
export interface ThemeOptions {
  /** In place of LangDAO. */
  readonly brand?: string;
  /** `#rrggbb`, for buttons and links; the call darkens or lightens it until it can be read. */
  readonly accent?: string;
  /** `light` or `dark`, for a page that has only one of them; by default whatever the reader has. */
  readonly scheme?: 'light' | 'dark';
  /** Of corners, in CSS px, 0 to 24. */
  readonly radius?: number;
  /** A small picture (SVG, PNG, WebP): a data URI, or a URL that this page may fetch. */
  readonly logo?: string;
  /** What is shown; by default everything. */
  readonly features?: readonly string[];
}

/** Read `data-brand`, `data-accent`, `data-scheme`, `data-radius`, `data-logo` and `data-features` (a list with spaces). */
export function readThemeAttributes({
  brand,
  accent,
  scheme,
  radius,
  logo,
  features,
}: DOMStringMap): ThemeOptions {
  return {
    ...(brand && { brand }),
    ...(accent && { accent }),
    ...((scheme === 'light' || scheme === 'dark') && { scheme }),
    ...(radius && { radius: Number(radius) }),
    ...(logo && { logo }),
    ...(features !== undefined && { features: features.split(/\s+/).filter(Boolean) }),
  };
}

/** Put the theme into the fragment of *url*, which no server sees. The logo is too large for it. */
export function writeTheme(url: URL, look: ThemeOptions): void {
  const { logo: _, ...small } = look;
  if (Object.keys(small).length === 0) return;
  const bytes = encodeURIComponent(JSON.stringify(small)).replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const fragment = new URLSearchParams(url.hash.slice(1));
  fragment.set('look', btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''));
  url.hash = fragment.toString();
}

/** Fetch the logo for *show*; without it the call shows the brand's name. */
export function fetchLogo(logo: string, show: (message: LogoMessage) => void): void {
  fetch(logo)
    .then((answer) => answer.blob())
    .then((picture) => {
      const reader = new FileReader();
      reader.onload = () => show({ type: 'logo', logo: String(reader.result) });
      reader.readAsDataURL(new Blob([picture], { type: picture.type.split(';')[0] ?? '' }));
    })
    .catch((error: unknown) => console.warn(`langdao-call: the logo ${logo} cannot be had`, error));
}
