// Remembers, over a reload of one tab, the resume token and which devices are on. Where storage is forbidden (an iframe with
// third-party data blocked) nothing is kept. Law: a copy of a tab is not the tab. The token counts only after a page that said
// that it was leaving.

export interface Remembered {
  readonly resume: string | null;
  /** Null while the person has not switched it in this tab. */
  readonly audio: boolean | null;
  readonly video: boolean | null;
}

/** A page that left longer ago was not reloaded: the person may have gone and come back. */
export const RETURN_MS_MAX = 60_000;

const NOTHING: Remembered = { resume: null, audio: null, video: null };

export class TabMemory {
  private readonly key: string;
  private known: Remembered | null = null;
  private wasHere = false;

  constructor(room: string, role: string) {
    this.key = `langdao:${role}:${room}`;
  }

  get(): Remembered {
    this.known ??= this.read();
    return this.known;
  }

  /** Tell whether this tab was in the call a moment ago: after a reload it takes its seat back without the lobby. */
  isReturning(): boolean {
    this.get();
    return this.wasHere;
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
      const fields = (value ?? {}) as Partial<Record<keyof Remembered | 'isLeft' | 'leftAtMs', unknown>>;
      const resume = fields.isLeft === true && typeof fields.resume === 'string' ? fields.resume : null;
      const awayMs = typeof fields.leftAtMs === 'number' ? Date.now() - fields.leftAtMs : RETURN_MS_MAX;
      this.wasHere = resume !== null && awayMs >= 0 && awayMs < RETURN_MS_MAX;
      return {
        resume,
        audio: typeof fields.audio === 'boolean' ? fields.audio : null,
        video: typeof fields.video === 'boolean' ? fields.video : null,
      };
    } catch {
      return NOTHING;
    }
  }

  private write(isLeft: boolean): void {
    try {
      const left = isLeft ? { isLeft, leftAtMs: Date.now() } : { isLeft };
      sessionStorage.setItem(this.key, JSON.stringify({ ...this.get(), ...left }));
    } catch {
      // Forbidden or full: a reload begins afresh, the call goes on.
    }
  }
}
