// What of @jitsi/rnnoise-wasm is used; the package has no types.

declare module '@jitsi/rnnoise-wasm/dist/rnnoise-sync.js' {
  /** Emscripten's module. */
  interface Rnnoise {
    /** All of its memory; another array once it has grown. */
    readonly HEAPF32: Float32Array;
    _malloc(bytes: number): number;
    /** Null is the model that it was built with. Returns 0 without memory. */
    _rnnoise_create(model: null): number;
    _rnnoise_process_frame(state: number, output: number, input: number): number;
  }
  /** Everything is in the script: it waits for nothing. */
  export default function createRnnoise(): Rnnoise;
}
