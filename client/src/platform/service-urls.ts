// Where our own pages and the API are: below the prefix that the service wrote into this page, if it has one.

const META = 'meta[name="langdao:base"]';

/** Address one of ours; *path* begins with a slash. */
export function ownUrl(path: string): string {
  const base = document.querySelector<HTMLMetaElement>(META)?.content ?? '/';
  return base.replace(/\/$/, '') + path;
}

/** Whether the service shows its documentation to everybody. */
export function hasDocs(): boolean {
  return document.querySelector('meta[name="langdao:no-docs"]') === null;
}

/** Write a session's id as one segment of a path, as the service does (session/paths.py). */
export function writeSegment(id: string): string {
  if (/^[\w-]([\w.~-]*[\w-])?$/.test(id)) return id;
  const bytes = Array.from(new TextEncoder().encode(id), (byte) => String.fromCharCode(byte)).join('');
  return `~${btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`;
}
