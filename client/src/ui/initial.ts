// The letter that stands for somebody.

/** Return the first of *name*, in capitals. An Arabic article is none of it: all who have one would look alike. */
export function initialOf(name: string): string {
  const [first = ''] = name.trim().replace(/^\u0627\u0644(?=\S{2})/, '');
  return first.toUpperCase();
}
