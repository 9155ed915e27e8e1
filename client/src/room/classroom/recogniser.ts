// Drives the browser's own speech recognition at the microphone of the call. Law: `isLocal` means on this device or not at all.

import {
  type Answer,
  chooseWay,
  decideAgain,
  FIRST_RUN,
  type Found,
  mayAsk,
  readResults,
  tagsOf,
} from '../../classroom/recogniser-rules';

/** As much of a SpeechRecognition as is used here. */
interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally: boolean;
  onresult: ((event: ResultEvent) => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  onend: (() => void) | null;
  start(track?: MediaStreamTrack): void;
  abort(): void;
}

type Result = ArrayLike<{ readonly transcript: string }> & { readonly isFinal: boolean };

interface ResultEvent {
  readonly results: ArrayLike<Result>;
}

interface Options {
  readonly langs: readonly string[];
  readonly processLocally: boolean;
}

interface RecognitionClass {
  new (): Recognition;
  readonly prototype: object;
  readonly available?: (options: Options) => Promise<Answer>;
  readonly install?: (options: Options) => Promise<boolean>;
}

/** A browser that does not answer has nothing. */
const ANSWER_MS_MAX = 5_000;

/** A language is some 100 MB; who has waited so long may ask again. */
const INSTALL_MS_MAX = 600_000;

/** Chromium, Edge and Safari have one under the old name. */
export function findRecognition(): RecognitionClass | null {
  const { SpeechRecognition, webkitSpeechRecognition } = self as {
    readonly SpeechRecognition?: RecognitionClass;
    readonly webkitSpeechRecognition?: RecognitionClass;
  };
  return SpeechRecognition ?? webkitSpeechRecognition ?? null;
}

/** Find out how this browser can write down *language* (ISO 639-1); null where it cannot at all. */
export async function findWay(language: string): Promise<Found | null> {
  const Recognition = findRecognition();
  if (!Recognition) return null;
  const tags = tagsOf(language, navigator.languages);
  return chooseWay(await Promise.all(tags.map(async (tag) => [tag, await ask(Recognition, tag)] as const)));
}

/** Let the browser fetch what it needs for *tag*; called from a press. Resolves to whether it has it; never rejects. */
export async function install(tag: string): Promise<boolean> {
  const options = { langs: [tag], processLocally: true };
  const installed = findRecognition()?.install?.(options) ?? Promise.resolve(false);
  return orElse(installed, false, INSTALL_MS_MAX);
}

/** Where `processLocally` is only a name that a script gives it, the sound would go to the service all the same. */
async function ask(Recognition: RecognitionClass, tag: string): Promise<Answer> {
  const isLocal = 'processLocally' in Recognition.prototype;
  if (!Recognition.available || !isLocal || !mayAsk(readBrands())) return 'unasked';
  return orElse(Recognition.available({ langs: [tag], processLocally: true }), 'unavailable', ANSWER_MS_MAX);
}

function readBrands(): readonly string[] | null {
  const { userAgentData } = navigator as {
    readonly userAgentData?: { readonly brands: readonly { readonly brand: string }[] };
  };
  return userAgentData ? userAgentData.brands.map(({ brand }) => brand) : null;
}

async function orElse<T>(answer: Promise<T>, instead: T, msMax: number): Promise<T> {
  const late = new Promise<T>((resolve) => setTimeout(resolve, msMax, instead));
  return Promise.race([answer.catch(() => instead), late]);
}

export interface RecogniserPorts {
  /** The microphone's track, as the call has it: of the device that was chosen, and without the other's echo. */
  readonly track: () => MediaStreamTrack | null;
  readonly onInterim: (text: string) => void;
  readonly onFinal: (text: string) => void;
  /** It has ended, and another try would not help. */
  readonly onGivenUp: () => void;
  readonly clock: () => number;
}

export class Recogniser {
  private run = FIRST_RUN;
  private recognition: Recognition | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private startedMs = 0;
  private finalCount = 0;
  private hasHeard = false;
  private error: string | null = null;
  /** Old browsers take no track; one that cannot use it hears the system's microphone. */
  private takesTrack = true;

  constructor(
    private readonly found: Found,
    private readonly ports: RecogniserPorts,
  ) {}

  start(): void {
    if (this.recognition || this.timer !== undefined) return;
    this.begin();
  }

  /** Stop at once: what is being said is not finished. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { recognition } = this;
    this.recognition = null;
    if (!recognition) return;
    recognition.onresult = recognition.onerror = recognition.onend = null;
    recognition.abort();
  }

  private begin(): void {
    this.timer = undefined;
    const Recognition = findRecognition();
    if (!Recognition) return;
    const recognition = new Recognition();
    this.recognition = recognition;
    recognition.lang = this.found.tag;
    recognition.interimResults = true;
    // Chromium on Android says each sentence several times over in a continuous run.
    recognition.continuous = !/Android/.test(navigator.userAgent);
    if (this.found.way !== 'service') recognition.processLocally = true;
    recognition.onresult = ({ results }) => this.receive(results);
    recognition.onerror = ({ error }) => {
      this.error = error;
    };
    recognition.onend = () => this.end();
    this.startedMs = this.ports.clock();
    this.finalCount = 0;
    this.hasHeard = false;
    this.error = null;
    try {
      const track = this.takesTrack ? this.ports.track() : null;
      if (track) recognition.start(track);
      else recognition.start();
    } catch {
      this.error = 'audio-capture';
      this.end();
    }
  }

  private receive(results: ArrayLike<Result>): void {
    const said = Array.from(results, (result) => ({
      isFinal: result.isFinal,
      text: result[0]?.transcript ?? '',
    }));
    const { finals, interim, finalCount } = readResults(said, this.finalCount);
    this.finalCount = finalCount;
    this.hasHeard ||= finals.length > 0 || interim !== '';
    for (const text of finals) this.ports.onFinal(text);
    if (interim !== '') this.ports.onInterim(interim);
  }

  private end(): void {
    this.recognition = null;
    const { hasHeard, error } = this;
    if (error === 'audio-capture') this.takesTrack = false;
    const ranMs = this.ports.clock() - this.startedMs;
    const next = decideAgain(this.run, { ranMs, hasHeard, error });
    if (!next) {
      this.ports.onGivenUp();
      return;
    }
    this.run = next.run;
    this.timer = setTimeout(() => this.begin(), next.waitMs);
  }
}
