// The id of a page, and of what it sends.

/** Make an id that nobody guesses: 96 bits in hexadecimal. */
export function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
