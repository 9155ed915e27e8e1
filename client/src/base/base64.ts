// Bytes as text, for an address that carries them (RFC 4648 §4, RFC 2397).

/** Three bytes are four letters, so pieces of so many can be put together. A call takes no more arguments in some browsers. */
const PIECE_BYTES = 3 * 8_192;

/** Write *bytes* in Base64. */
export function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += PIECE_BYTES)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(start, start + PIECE_BYTES))));
  return pieces.join('');
}
