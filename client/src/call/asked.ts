// What the page's first script (room/first.ts) has asked the browser for, while the others were on their way: one answer,
// for whoever asks for exactly the same. Law: what nobody takes does not stay open.

export interface Asked {
  readonly constraints: MediaStreamConstraints;
  /** Whether the browser could be asked without a question to the person. */
  readonly may: Promise<boolean>;
  /** Null where it could not; rejects as getUserMedia does. */
  readonly stream: Promise<MediaStream | null>;
}

declare global {
  var langdaoAsked: Asked | undefined;
}

/** Take the answer, once; null where there is none, or one to another question. */
export async function takeAsked(constraints: MediaStreamConstraints): Promise<MediaStream | null> {
  const asked = globalThis.langdaoAsked;
  globalThis.langdaoAsked = undefined;
  if (!asked) return null;
  if (JSON.stringify(asked.constraints) === JSON.stringify(constraints)) return asked.stream;
  asked.stream.then(stop, () => undefined);
  return null;
}

function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
