// Descriptions as browsers write them (shortened), and what the page makes of them.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sortCodecs } from '../src/call/transport/codec-choice';
import {
  addWishes,
  offersCodec,
  preferCodec,
  readEfficient,
  tuneSound,
} from '../src/call/transport/sdp-edit';

const SPEECH = { isMusic: false, isLowData: false };
const BROWSERS = ['chromium', 'firefox', 'safari'] as const;

function read(browser: string): string {
  const text = readFileSync(resolve(import.meta.dirname, `sdp/${browser}.sdp`), 'utf8');
  return text.replace(/\r?\n/g, '\r\n');
}

function lines(sdp: string, start: string): string[] {
  return sdp.split('\r\n').filter((line) => line.startsWith(start));
}

/** The lines that only one of the two has. */
function changes(before: string, after: string): string[] {
  const [old, now] = [before.split('\r\n'), after.split('\r\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

/** Patterns, what JavaScript takes for none, and numbers that are no payload. */
const NO_PAYLOADS = ['.*', '(', '[', '\\\\', '128', '0111', '-1'];

test.each(NO_PAYLOADS)('%s is no payload: the description stays as it is', (payload) => {
  const section = (kind: string, codec: string) =>
    [`m=${kind} 9 UDP/TLS/RTP/SAVPF ${payload}`, 'c=IN IP4 0.0.0.0', `a=rtpmap:111 ${codec}/90000`, ''].join(
      '\r\n',
    );
  const sdp = `v=0\r\n${section('audio', 'opus')}${section('video', 'VP8')}`;

  expect(tuneSound(sdp, SPEECH)).toBe(sdp);
  expect(preferCodec(sdp, 'VP8')).toBe(sdp);
  expect(offersCodec(sdp, 'VP8')).toBe(false);
});

test('a payload that is named often counts once', () => {
  const payloads = '111 '.repeat(10_000).trim();
  const sdp = `v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0 ${payloads}\r\na=rtpmap:111 opus/48000/2\r\n`;

  expect(lines(tuneSound(sdp, SPEECH), 'a=fmtp')).toEqual(['a=fmtp:111 useinbandfec=1;usedtx=1']);
});

describe('sound', () => {
  test('Chromium: everything twice (RED), and no packets for silence', () => {
    const sdp = read('chromium');

    expect(changes(sdp, tuneSound(sdp, SPEECH))).toEqual([
      '- m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126',
      '- a=fmtp:111 minptime=10;useinbandfec=1',
      '+ m=audio 9 UDP/TLS/RTP/SAVPF 63 111 9 0 8 13 110 126',
      '+ a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1',
    ]);
  });

  test('Firefox has no RED', () => {
    const sdp = read('firefox');

    expect(changes(sdp, tuneSound(sdp, SPEECH))).toEqual([
      '- a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1',
      '+ a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1;usedtx=1',
    ]);
  });

  test('Safari', () => {
    const sdp = read('safari');

    expect(lines(tuneSound(sdp, SPEECH), 'm=audio')).toEqual([
      'm=audio 9 UDP/TLS/RTP/SAVPF 63 111 9 0 8 13 110 126',
    ]);
  });

  test('an instrument: more bits, nothing twice, and no silence left out; also after speech', () => {
    const speech = tuneSound(read('chromium'), SPEECH);
    const music = tuneSound(speech, { ...SPEECH, isMusic: true });

    expect(lines(music, 'm=audio')).toEqual(['m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126']);
    expect(lines(music, 'a=fmtp:111')).toEqual([
      'a=fmtp:111 minptime=10;useinbandfec=1;usedtx=0;maxaveragebitrate=128000',
    ]);
  });

  test('little data: nothing twice', () => {
    const sdp = tuneSound(read('chromium'), { ...SPEECH, isLowData: true });

    expect(lines(sdp, 'm=audio')).toEqual(['m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126']);
    expect(lines(sdp, 'a=fmtp:111')).toEqual(['a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1']);
  });

  test('the sound of a shared screen gets what the voice gets: in a bundle a payload type has one meaning', () => {
    const sdp = read('chromium');
    const audio = sdp.slice(sdp.indexOf('m=audio'), sdp.indexOf('m=video'));

    expect(new Set(lines(tuneSound(sdp + audio, SPEECH), 'a=fmtp:111')).size).toBe(1);
  });

  test('an Opus without parameters gets a line of its own', () => {
    const sdp = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=ptime:20\r\n';

    expect(tuneSound(sdp, SPEECH)).toBe(
      'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1;usedtx=1\r\na=ptime:20\r\n',
    );
  });

  test.each(BROWSERS)('%s: doing it twice changes nothing more, and no picture is touched', (browser) => {
    const once = tuneSound(read(browser), SPEECH);

    expect(tuneSound(once, SPEECH)).toBe(once);
    expect(once.slice(once.indexOf('m=video'))).toBe(read(browser).slice(read(browser).indexOf('m=video')));
  });

  test('what is no description stays as it is', () => {
    for (const sdp of ['', 'v=0\r\n', 'm=audio', 'm=audio 9 X 1\r\n', 'hello', 'a=rtpmap:1 opus/48000\r\n'])
      expect(tuneSound(sdp, SPEECH)).toBe(sdp);
  });
});

describe('wishes', () => {
  test.each(BROWSERS)(
    '%s: little data asks for half a picture, in the place where a limit belongs',
    (browser) => {
      const sdp = addWishes(read(browser), { videoBitrateMax: 750_000, efficient: null });
      const video = sdp.slice(sdp.indexOf('m=video')).split('\r\n');

      expect(video.slice(1, 4)).toEqual(['c=IN IP4 0.0.0.0', 'b=AS:750', 'b=TIAS:750000']);
      expect(lines(sdp, 'b=')).toHaveLength(2);
      expect(addWishes(sdp, { videoBitrateMax: 750_000, efficient: null })).toBe(sdp);
    },
  );

  test('without a wish nothing is written', () => {
    for (const browser of BROWSERS)
      expect(addWishes(read(browser), { videoBitrateMax: null, efficient: null })).toBe(read(browser));
  });

  test.each(BROWSERS)('%s: what is efficient here is read there as it was written', (browser) => {
    const wish = (efficient: readonly string[] | null) =>
      readEfficient(addWishes(read(browser), { videoBitrateMax: null, efficient }));

    expect(wish(['AV1', 'H264'])).toEqual(['AV1', 'H264']);
    expect(wish([])).toEqual([]);
    expect(wish(null)).toBeNull();
  });
});

describe('codecs', () => {
  test('the preferred one comes first with all its profiles, and nothing is lost', () => {
    const sdp = preferCodec(read('chromium'), 'VP9');

    expect(lines(sdp, 'm=video')).toEqual(['m=video 9 UDP/TLS/RTP/SAVPF 98 100 96 97 102 103 45 46 99 101']);
  });

  test('one that is not there changes nothing, and RTX is no picture', () => {
    expect(preferCodec(read('firefox'), 'H265')).toBe(read('firefox'));
    expect(offersCodec(read('chromium'), 'AV1')).toBe(true);
    expect(offersCodec(read('chromium'), 'opus')).toBe(false);
  });

  test('an offer is sorted by what both do well; one that says nothing keeps its order', () => {
    const offer = addWishes(read('chromium'), { videoBitrateMax: null, efficient: ['VP9'] });
    const first = (sdp: string) => lines(sdp, 'm=video')[0]?.split(' ')[3];

    expect(first(sortCodecs(offer, ['H264']))).toBe('102');
    expect(first(sortCodecs(offer, ['VP9']))).toBe('98');
    expect(sortCodecs(offer, null)).toBe(offer);
    expect(sortCodecs(read('chromium'), ['VP9'])).toBe(read('chromium'));
  });
});
