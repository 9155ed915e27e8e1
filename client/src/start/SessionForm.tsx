// The form that makes a session. After a refusal the focus goes to the field it is about.

import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { locale, t } from '../i18n';
import { formatLanguageName } from '../i18n/format';
import { LANGUAGES } from '../i18n/languages';
import { CURRENCIES_OFFERED } from '../platform/money';
import { FormField } from './FormField';
import { type Field, type Made, makeAddress, makeSession, type Problem, type Typed } from './make-session';

export function SessionForm({ onMade }: { onMade: (made: Made) => void }): VNode {
  const form = useRef<HTMLFormElement>(null);
  const [address] = useState(makeAddress);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  useEffect(() => {
    const wrong = problem?.field ? form.current?.elements.namedItem(problem.field) : null;
    if (wrong instanceof HTMLElement) wrong.focus();
  }, [problem]);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (form.current === null) return;
    setBusy(true);
    setProblem(null);
    const answer = await makeSession(readForm(form.current));
    setBusy(false);
    if ('studentUrl' in answer) onMade(answer);
    else setProblem(answer);
  };

  return (
    <form class="card form" ref={form} noValidate onSubmit={(event) => void submit(event)}>
      <Fields problem={problem} address={address} />
      {problem !== null && problem.field === null && (
        <p class="problem" role="alert">
          {problem.say()}
        </p>
      )}
      <button type="submit" class="button primary large" disabled={isBusy}>
        {t(isBusy ? 'start.making' : 'start.make')}
      </button>
    </form>
  );
}

function Fields({ problem, address }: { problem: Problem | null; address: string }): VNode {
  const wrongOf = (field: Field): string | null => (problem?.field === field ? problem.say() : null);
  return (
    <>
      <FormField
        name="studentAddress"
        label={t('start.address')}
        hint={t('start.address-hint')}
        wrong={wrongOf('studentAddress')}
        control={(props) => (
          <input {...props} defaultValue={address} autoComplete="off" spellcheck={false} class="field mono" />
        )}
      />
      <FormField
        name="language"
        label={t('start.language')}
        wrong={wrongOf('language')}
        control={(props) => (
          <select {...props}>
            {LANGUAGES.map(({ code, nativeName }) => (
              <option key={code} value={code}>
                {nameLanguage(code, nativeName)}
              </option>
            ))}
          </select>
        )}
      />
      <div class="pair">
        <FormField
          name="rate"
          label={t('start.rate')}
          wrong={wrongOf('rate')}
          control={(props) => (
            <input {...props} defaultValue="20.00" inputMode="decimal" autoComplete="off" />
          )}
        />
        <FormField
          name="currency"
          label={t('start.currency')}
          wrong={wrongOf('currency')}
          control={(props) => (
            <input
              {...props}
              defaultValue="USD"
              list="currencies"
              maxLength={12}
              autoComplete="off"
              spellcheck={false}
            />
          )}
        />
      </div>
      <datalist id="currencies">
        {CURRENCIES_OFFERED.map((code) => (
          <option key={code} value={code} />
        ))}
      </datalist>
    </>
  );
}

/** Name a language for those who speak it and for the reader, once where both say the same. */
function nameLanguage(code: string, nativeName: string): string {
  const name = formatLanguageName(locale.value, code) ?? nativeName;
  return name === nativeName ? name : `${name} · ${nativeName}`;
}

function readForm(form: HTMLFormElement): Typed {
  const data = new FormData(form);
  const read = (field: Field): string => String(data.get(field) ?? '');
  return {
    studentAddress: read('studentAddress'),
    language: read('language'),
    rate: read('rate'),
    currency: read('currency'),
  };
}
