// How large the captions are, and whether and in which language the own words are written.

import { useEffect, useState } from 'preact/hooks';
import '../devices/DeviceSettings.css';
import type { Way } from '../../classroom/recogniser-rules';
import { LANGUAGES, type Language } from '../../i18n/languages';
import { t } from '../../i18n/lazy-words';
import { nameLanguage } from '../../i18n/localized';
import { ClosableDialog } from '../../ui/ClosableDialog';
import { captionSize, SIZES, setCaptionSize } from './caption-size';
import { captions } from './live-captions';
import { findRecognition, findWay } from './recogniser';

export function CaptionSettings({ onClose }: { readonly onClose: () => void }) {
  return (
    <ClosableDialog
      part="captions-dialog"
      title={t('captions.settings')}
      closing={t('devices.close')}
      onClose={onClose}
    >
      {(close) => (
        <div class="settings">
          <fieldset class="captions-sizes">
            <legend>{t('captions.size')}</legend>
            {SIZES.map((size) => (
              <label key={size}>
                <input
                  type="radio"
                  name="captions-size"
                  value={size}
                  checked={captionSize.value === size}
                  onChange={() => setCaptionSize(size)}
                />
                {t(`captions.size.${size}`)}
              </label>
            ))}
          </fieldset>
          <OwnWords onWish={close} />
        </div>
      )}
    </ClosableDialog>
  );
}

/** The answer to a wish may be a question, which stands under the pictures. */
function OwnWords({ onWish }: { readonly onWish: () => void }) {
  const { state, language } = captions.view.value;
  const canWrite = findRecognition() !== null;
  const isOn = state !== 'off' && state !== 'declined' && state !== 'failed' && state !== 'unable';
  const toggle = () => {
    if (isOn) captions.stop();
    else {
      captions.wish();
      onWish();
    }
  };
  return (
    <>
      <label class="settings-switch">
        <input
          type="checkbox"
          data-part="captions-wish"
          checked={isOn}
          disabled={!canWrite}
          aria-describedby="captions-why"
          onChange={toggle}
        />
        <span>
          {t('captions.own')}
          <small id="captions-why">{t(canWrite ? 'captions.own-hint' : 'captions.none')}</small>
        </span>
      </label>
      {canWrite && <LanguageChoice language={language} />}
    </>
  );
}

function LanguageChoice({ language }: { readonly language: string }) {
  const ways = useWays();
  const groups: readonly (readonly [
    key: 'captions.here' | 'captions.away',
    languages: readonly Language[],
  ])[] = [
    ['captions.here', LANGUAGES.filter(({ code }) => ways[code] && ways[code] !== 'service')],
    ['captions.away', LANGUAGES.filter(({ code }) => !ways[code] || ways[code] === 'service')],
  ];
  return (
    <div class="settings-choice">
      <label>
        <span>{t('captions.language')}</span>
        <select
          value={language}
          data-part="captions-language"
          onChange={({ currentTarget }) => captions.setLanguage(currentTarget.value)}
        >
          {groups.map(
            ([key, languages]) =>
              languages.length > 0 && (
                <optgroup key={key} label={t(key)}>
                  {languages.map((each) => (
                    <option key={each.code} value={each.code}>
                      {nameLanguage(each)}
                    </option>
                  ))}
                </optgroup>
              ),
          )}
        </select>
      </label>
    </div>
  );
}

/** Ask the browser how it can write each language. */
function useWays(): Readonly<Record<string, Way>> {
  const [ways, setWays] = useState<Readonly<Record<string, Way>>>({});
  useEffect(() => {
    let isGone = false;
    const asked = LANGUAGES.map(async ({ code }) => [code, (await findWay(code))?.way] as const);
    void Promise.all(asked).then((found) => {
      if (isGone) return;
      setWays(Object.fromEntries(found.flatMap(([code, way]) => (way ? [[code, way] as const] : []))));
    });
    return () => {
      isGone = true;
    };
  }, []);
  return ways;
}
