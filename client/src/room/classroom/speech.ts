// Speaks a word in the lesson's language, by a voice of the browser. Nothing of it goes over the call.

/** As much of a voice as is used here. */
interface Voice {
  readonly lang: string;
  readonly localService: boolean;
  readonly default: boolean;
}

/** A learner hears each sound. */
const RATE = 0.9;

/** Tell whether this browser has voices at all. */
export function canSpeak(): boolean {
  return 'speechSynthesis' in window;
}

/** Choose the voice for *language* (ISO 639-1): one of this device before one of a service, which would hear the word. Null where
 * there is none. Android writes `es_ES`, others `es-ES`. */
export function chooseVoice<V extends Voice>(voices: readonly V[], language: string): V | null {
  const speaks = voices.filter(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === language);
  const own = speaks.filter(({ localService }) => localService);
  return own.find((voice) => voice.default) ?? own[0] ?? speaks[0] ?? null;
}

/** Speak *text*, in place of what is still being spoken. Without a voice for *language* the browser does what it can. */
export function speak(text: string, language: string): void {
  const said = new SpeechSynthesisUtterance(text);
  said.lang = language;
  said.voice = chooseVoice(speechSynthesis.getVoices(), language);
  said.rate = RATE;
  speechSynthesis.cancel();
  speechSynthesis.speak(said);
}
