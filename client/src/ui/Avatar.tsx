// Stands for a person without a picture: the initial of their name, or an icon in their role's colour.

import { UserRound } from 'lucide';
import { Icon } from './Icon';

interface AvatarProps {
  readonly class: string;
  readonly role: 'student' | 'tutor';
  readonly name?: string | null;
}

/** Not the role's initial: in many languages a student's and a tutor's are the same. */
export function Avatar({ class: kind, role, name = null }: AvatarProps) {
  return (
    <span class={`${kind} ${role}`} aria-hidden="true">
      {(name && initialOf(name)) || <Icon of={UserRound} />}
    </span>
  );
}

/** Return the first letter of *name*, in capitals. An Arabic article is left out: many names would have the same letter. */
export function initialOf(name: string): string {
  const [first = ''] = name.trim().replace(/^\u0627\u0644(?=\S{2})/, '');
  return first.toUpperCase();
}
