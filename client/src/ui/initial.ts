// The letter that stands for a person.

/** Return the first letter of *name*, in capitals. An Arabic article is left out: many names would have the same letter. */
export function initialOf(name: string): string {
  const [first = ''] = name.trim().replace(/^\u0627\u0644(?=\S{2})/, '');
  return first.toUpperCase();
}
