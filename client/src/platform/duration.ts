// Durations as people read them.

import { locale } from '../i18n';
import { withOwnDigits } from '../i18n/format';

/** Write whole *seconds* as `m:ss`, from an hour on as `h:mm:ss`, in the reader's digits. */
export function formatDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${String(seconds % 60).padStart(2, '0')}`;
  const text = hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
  return withOwnDigits(locale.value, text);
}
