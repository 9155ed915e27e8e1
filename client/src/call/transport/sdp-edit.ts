// Edits session descriptions on their way between two pages, where there is no API for it. Pure. What this page sends follows the
// description that it receives; so each page decides for itself how it sends, whatever the other page's version.
// `setCodecPreferences` says what one would like to receive, and freezes a Firefox that answers (Mozilla bug 1917800).

import { MUSIC_BITRATE_MAX } from './rtc-config';

/** The codecs that a page does in hardware, both ways. RFC 8866 §5.13: who does not know an attribute ignores it. */
const EFFICIENT = 'a=x-power-efficient:';

/** A description: its session part, and one part for each `m=` line. */
function splitSections(sdp: string): string[] {
  return sdp.split(/^(?=m=)/m);
}

function editSections(sdp: string, kind: 'audio' | 'video', edit: (section: string) => string): string {
  const isOf = (section: string) => section.startsWith(`m=${kind} `);
  return splitSections(sdp)
    .map((section) => (isOf(section) ? edit(section) : section))
    .join('');
}

/** RFC 3551 §6: seven bits. Whatever else the other page wrote there would be read as a pattern below. */
const PAYLOAD = /^(\d\d?|1[01]\d|12[0-7])$/;

/** Find the payload types of the codec *name* in *section*, in their order. */
function payloadsOf(section: string, name: string): string[] {
  const isOf = (payload: string) =>
    PAYLOAD.test(payload) && new RegExp(`^a=rtpmap:${payload} ${name}/`, 'im').test(section);
  return [...new Set(listPayloads(section))].filter(isOf);
}

function listPayloads(section: string): string[] {
  const [line = ''] = section.split(/\r?\n/, 1);
  return line.split(' ').slice(3);
}

/** Put *payloads* before all others of *section*. */
function putFirst(section: string, payloads: readonly string[]): string {
  const others = listPayloads(section).filter((payload) => !payloads.includes(payload));
  return section.replace(
    /^(m=\S+ \S+ \S+).*?(\r?)$/m,
    (_line, head: string, end: string) => `${[head, ...payloads, ...others].join(' ')}${end}`,
  );
}

/** How this page sends its sound. */
export interface SoundWish {
  /** An instrument, or the sound of a shared screen: nothing of it is silence. */
  readonly isMusic: boolean;
  readonly isLowData: boolean;
}

/** Make this page send its sound so that a lost packet is not heard (RFC 7587 §6.1 `useinbandfec`, RFC 2198 RED), and speech
 * without its silences (`usedtx`). Every audio section gets the same: a bundle has one meaning for each payload type. */
export function tuneSound(sdp: string, { isMusic, isLowData }: SoundWish): string {
  const wanted = new Map([
    ['useinbandfec', '1'],
    ['usedtx', isMusic ? '0' : '1'],
  ]);
  if (isMusic) wanted.set('maxaveragebitrate', String(MUSIC_BITRATE_MAX));
  return editSections(sdp, 'audio', (section) => {
    const opus = payloadsOf(section, 'opus');
    const red = payloadsOf(section, 'red');
    if (opus.length === 0) return section;
    // RED sends everything twice: too much for an instrument, and for who counts their data.
    const isDoubled = red.length > 0 && !isMusic && !isLowData;
    const sorted =
      red.length > 0 ? putFirst(section, isDoubled ? [...red, ...opus] : [...opus, ...red]) : section;
    return opus.reduce((edited, payload) => setFormat(edited, payload, wanted), sorted);
  });
}

/** Set parameters of *payload* (`a=fmtp`, RFC 8866 §6.15); the others stay. */
function setFormat(section: string, payload: string, wanted: ReadonlyMap<string, string>): string {
  const line = new RegExp(`^a=fmtp:${payload} (.*?)(\\r?)$`, 'm');
  const join = (parameters: ReadonlyMap<string, string>) =>
    [...parameters].map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join(';');
  if (!line.test(section)) {
    const map = new RegExp(`^(a=rtpmap:${payload} .*?)(\\r?\\n)`, 'm');
    return section.replace(map, `$1$2a=fmtp:${payload} ${join(wanted)}$2`);
  }
  return section.replace(line, (_line, written: string, end: string) => {
    const pairs = written.split(';').map((pair) => pair.trim().split('='));
    const parameters = new Map(pairs.map(([name = '', value = '']) => [name, value]));
    for (const [name, value] of wanted) parameters.set(name, value);
    return `a=fmtp:${payload} ${join(parameters)}${end}`;
  });
}

/** Say in an own description what this page would like: at most *videoBitrateMax* of each picture (RFC 3890; null for as much as
 * there is), and the codecs that are *efficient* here (null where nobody knows: the order stays). */
export function addWishes(
  sdp: string,
  wishes: { readonly videoBitrateMax: number | null; readonly efficient: readonly string[] | null },
): string {
  const { videoBitrateMax, efficient } = wishes;
  return editSections(sdp, 'video', (section) => {
    const end = section.includes('\r\n') ? '\r\n' : '\n';
    let edited = section;
    if (videoBitrateMax !== null) {
      // Chrome has known the second for a shorter time than the first; Firefox knows only the second.
      const lines = `b=AS:${Math.round(videoBitrateMax / 1_000)}${end}b=TIAS:${videoBitrateMax}${end}`;
      edited = edited.replace(/^(c=.*\r?\n)(?:b=.*\r?\n)*/m, `$1${lines}`);
    }
    return efficient ? `${edited}${EFFICIENT}${efficient.join(' ') || '-'}${end}` : edited;
  });
}

/** Read which codecs are efficient for the page that wrote *sdp*; null where it does not say. */
export function readEfficient(sdp: string): readonly string[] | null {
  const start = sdp.indexOf(EFFICIENT);
  if (start < 0) return null;
  const [line = ''] = sdp.slice(start + EFFICIENT.length).split(/\r?\n/, 1);
  return line.split(' ').filter((name) => name !== '-' && name !== '');
}

/** Put the codec *name* first in an offer that is to be answered: the answer keeps its order, and both send the first. */
export function preferCodec(sdp: string, name: string): string {
  return editSections(sdp, 'video', (section) => {
    const payloads = payloadsOf(section, name);
    return payloads.length > 0 ? putFirst(section, payloads) : section;
  });
}

/** Tell whether *sdp* offers the codec *name* for pictures. */
export function offersCodec(sdp: string, name: string): boolean {
  return splitSections(sdp).some(
    (section) => section.startsWith('m=video ') && payloadsOf(section, name).length > 0,
  );
}
