// What a tab remembers over a reload, under its room and role: the resume token, and a microphone or camera that
// was off stays off. Storage may be forbidden (an iframe with third-party data blocked): then nothing is kept.

export interface Remembered {
  readonly resume: string | null;
  readonly audio: boolean;
  readonly video: boolean;
}

const NOTHING: Remembered = { resume: null, audio: true, video: true };

export class Memory {
  private readonly key: string;
  private known: Remembered | null = null;

  constructor(room: string, role: string) {
    this.key = `langdao:${role}:${room}`;
  }

  get(): Remembered {
    this.known ??= this.read();
    return this.known;
  }

  set(changes: Partial<Remembered>): void {
    this.known = { ...this.get(), ...changes };
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.known));
    } catch {
      // Forbidden or full: a reload begins afresh, the call goes on.
    }
  }

  private read(): Remembered {
    try {
      const value: unknown = JSON.parse(sessionStorage.getItem(this.key) ?? 'null');
      const { resume, audio, video } = (value ?? {}) as Partial<Record<keyof Remembered, unknown>>;
      return {
        resume: typeof resume === 'string' ? resume : null,
        audio: audio !== false,
        video: video !== false,
      };
    } catch {
      return NOTHING;
    }
  }
}
