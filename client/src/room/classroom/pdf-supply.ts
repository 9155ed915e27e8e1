// What draws a PDF needs tables of Chinese, Japanese and Korean letters, fonts, and decoders of rare pictures. They stand beside this
// file (vite.config.ts), and each is loaded when a page wants it.

/** This module's own address; said apart, so that the build looks for no file. */
const HERE: string = import.meta.url;

/** Load what is called *name*; rejects where there is none. */
export async function loadSupply(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(`../pdf/${name}`, HERE));
  if (!response.ok) throw new Error(`${name} is not there: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
