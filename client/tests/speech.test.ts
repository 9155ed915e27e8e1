// The voice for a language.

import { expect, test, vi } from 'vitest';
import { chooseVoice, speak } from '../src/room/classroom/speech';

const voice = (lang: string, localService = true, isDefault = false) => ({
  lang,
  localService,
  default: isDefault,
});

test.each([
  ['es', [voice('en-US'), voice('es-ES')], 'es-ES'],
  ['es', [voice('es_MX')], 'es_MX'],
  ['pt', [voice('pt-BR', false), voice('pt-PT')], 'pt-PT'],
  ['en', [voice('en-US'), voice('en-GB', true, true)], 'en-GB'],
  ['zh', [voice('zh-TW', false)], 'zh-TW'],
])('for %s, of the voices of this browser, it is the right one', (language, voices, chosen) => {
  expect(chooseVoice(voices, language)?.lang).toBe(chosen);
});

test('no other language’s voice speaks it', () => {
  expect(chooseVoice([voice('en-US'), voice('est-EE')], 'es')).toBeNull();
});

test('a word is spoken in its language, in place of the one before', () => {
  const [spoken, cancel] = [vi.fn(), vi.fn()];
  vi.stubGlobal(
    'SpeechSynthesisUtterance',
    class {
      constructor(readonly text: string) {}
    },
  );
  vi.stubGlobal('speechSynthesis', { getVoices: () => [voice('es-ES')], speak: spoken, cancel });
  speak('gato', 'es');
  vi.unstubAllGlobals();

  expect(cancel).toHaveBeenCalledBefore(spoken);
  expect(spoken.mock.calls[0]?.[0]).toMatchObject({ text: 'gato', lang: 'es', voice: { lang: 'es-ES' } });
});
