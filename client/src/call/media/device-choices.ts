// Remembers from session to session which devices a person chose and switched off. Where storage is forbidden (an iframe with
// third-party data blocked) the page remembers it until it is closed.

export interface Chosen {
  /** Device ids; null is "whatever the system uses". */
  readonly camera: string | null;
  readonly microphone: string | null;
  readonly speaker: string | null;
  /** Switched on, as the person left them. */
  readonly audio: boolean;
  readonly video: boolean;
  /** Sound as it is, without the browser's suppression of noise and echo. */
  readonly isMusic: boolean;
  /** Noise is taken out of the own sound on this device, more than the browser does. */
  readonly removesNoise: boolean;
  /** What is behind the person is blurred, by the camera's system where it can. */
  readonly blursBackground: boolean;
  /** Half of the picture's data, both ways. */
  readonly isLowData: boolean;
  /** A sound when someone comes, goes or writes. */
  readonly hasSounds: boolean;
  /** Sound and picture over a relay only, so that the other person does not learn the own IP address. */
  readonly hidesAddress: boolean;
}

export const NOTHING_CHOSEN: Chosen = {
  camera: null,
  microphone: null,
  speaker: null,
  audio: true,
  video: true,
  isMusic: false,
  removesNoise: false,
  blursBackground: false,
  isLowData: false,
  hasSounds: true,
  hidesAddress: false,
};

/** Tell what is on: as it was switched in this tab, else (null) as the person left it in an earlier session. */
export function wantedSwitches(
  left: Chosen,
  { audio, video }: Readonly<Record<'audio' | 'video', boolean | null>>,
): Record<'audio' | 'video', boolean> {
  return { audio: audio ?? left.audio, video: video ?? left.video };
}

const KEY = 'langdao:devices';

export class DeviceChoices {
  private known: Chosen | null = null;
  private readonly listeners = new Set<(chosen: Chosen) => void>();

  get(): Chosen {
    this.known ??= read();
    return this.known;
  }

  set(changes: Partial<Chosen>): void {
    this.known = { ...this.get(), ...changes };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.known));
    } catch {
      // Forbidden or full: chosen for this page only.
    }
    for (const listener of this.listeners) listener(this.known);
  }

  /** Call *listener* with every change from now on, until the returned function is called. */
  subscribe(listener: (chosen: Chosen) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function read(): Chosen {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    const fields = (value ?? {}) as Partial<Record<keyof Chosen, unknown>>;
    const id = (field: unknown) => (typeof field === 'string' && field !== '' ? field : null);
    return {
      camera: id(fields.camera),
      microphone: id(fields.microphone),
      speaker: id(fields.speaker),
      audio: fields.audio !== false,
      video: fields.video !== false,
      isMusic: fields.isMusic === true,
      removesNoise: fields.removesNoise === true,
      blursBackground: fields.blursBackground === true,
      isLowData: fields.isLowData === true,
      hasSounds: fields.hasSounds !== false,
      hidesAddress: fields.hidesAddress === true,
    };
  } catch {
    return NOTHING_CHOSEN;
  }
}
