// A labelled control with its hint, and what is wrong with it beside it and tied to it.

import type { VNode } from 'preact';
import type { Field } from './make-session';

/** What the control has to carry for its label, hint and error to belong to it. */
export interface ControlProps {
  readonly id: Field;
  readonly name: Field;
  readonly class: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

interface FormFieldProps {
  readonly name: Field;
  readonly label: string;
  readonly hint?: string;
  readonly wrong: string | null;
  readonly control: (props: ControlProps) => VNode;
}

export function FormField({ name, label, hint, wrong, control }: FormFieldProps): VNode {
  const described = [hint === undefined ? '' : `${name}-hint`, wrong === null ? '' : `${name}-wrong`];
  return (
    <div class="form-field">
      <label for={name}>{label}</label>
      {control({
        id: name,
        name,
        class: 'field',
        'aria-describedby': described.join(' ').trim() || undefined,
        'aria-invalid': wrong !== null,
      })}
      {hint !== undefined && (
        <p class="fine" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {wrong !== null && (
        <p class="wrong" id={`${name}-wrong`}>
          {wrong}
        </p>
      )}
    </div>
  );
}
