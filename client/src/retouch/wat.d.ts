// What the build makes of WebAssembly's text (vite.config.ts).

declare module '*.wat' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
