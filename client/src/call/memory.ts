// What a tab remembers over a reload, under its room and role: the resume token, and a microphone or camera that
// was off stays off. Storage may be forbidden (an iframe with third-party data blocked): then nothing is kept.
// Law: a tab's copy is not the tab. The token counts only for the page that follows one that said it was leaving.

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
    this.write(false);
  }

  /** The page goes away: the next one in this tab may take the seat. */
  leave(): void {
    this.write(true);
  }

  private read(): Remembered {
    try {
      const value: unknown = JSON.parse(sessionStorage.getItem(this.key) ?? 'null');
      const fields = (value ?? {}) as Partial<Record<keyof Remembered | 'isLeft', unknown>>;
      return {
        resume: fields.isLeft === true && typeof fields.resume === 'string' ? fields.resume : null,
        audio: fields.audio !== false,
        video: fields.video !== false,
      };
    } catch {
      return NOTHING;
    }
  }

  private write(isLeft: boolean): void {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ ...this.get(), isLeft }));
    } catch {
      // Forbidden or full: a reload begins afresh, the call goes on.
    }
  }
}
