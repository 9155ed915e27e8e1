// What a connection sends: lines that exist before the tracks do, and a screen on lines of its own.

import { beforeEach, expect, test, vi } from 'vitest';
import { MediaLines } from '../src/call/transport/media-lines';
import { SendControl } from '../src/call/transport/send-control';
import { settle } from './fake-computer';

/** As much of a sender and its line as is used here. */
class Line {
  mid: string | null = null;
  direction = 'recvonly';
  refuses = false;
  readonly receiver: { readonly track: { readonly kind: string } };
  readonly sender: {
    track: unknown;
    replaceTrack: (track: unknown) => Promise<void>;
    getParameters: () => { encodings?: RTCRtpEncodingParameters[] };
    setParameters: (parameters: { encodings: RTCRtpEncodingParameters[] }) => Promise<void>;
  };
  encodings: RTCRtpEncodingParameters[] | undefined = [{}];

  constructor(
    kind: string,
    track: unknown,
    readonly init: RTCRtpTransceiverInit = {},
  ) {
    this.receiver = { track: { kind } };
    this.sender = {
      track,
      // As in a browser, what is sent changes a moment later (W3C WebRTC §5.2).
      replaceTrack: async (next) => {
        await Promise.resolve();
        this.sender.track = next;
      },
      getParameters: () => structuredClone(this.encodings ? { encodings: this.encodings } : {}),
      setParameters: async ({ encodings }) => {
        if (this.refuses) throw new Error('not now');
        this.encodings = encodings;
      },
    };
  }
}

class Connection {
  readonly lines: Line[] = [];

  addTransceiver(what: string | { kind: string }, init?: RTCRtpTransceiverInit): Line {
    const line = typeof what === 'string' ? new Line(what, null, init) : new Line(what.kind, what, init);
    this.lines.push(line);
    return line;
  }

  addTrack(track: { kind: string }): unknown {
    return this.addTransceiver(track).sender;
  }

  getTransceivers = () => this.lines;
}

const track = (kind: string) => ({ kind }) as MediaStreamTrack;
const screenOf = (...tracks: MediaStreamTrack[]) => ({ getTracks: () => tracks }) as unknown as MediaStream;

function make(connection = new Connection(), log: (what: string) => void = () => undefined) {
  const sending = new SendControl({ isMusic: false, isLowData: false }, null);
  const own = { tracks: { audio: null, video: null }, screen: null, sending };
  const lines = new MediaLines(own, connection as unknown as RTCPeerConnection, log);
  return { connection, lines };
}

beforeEach(() => {
  vi.stubGlobal('MediaStream', class {});
});

test('a side that offers has a line of each kind before it has a track, and only once', () => {
  const { connection, lines } = make();

  lines.addSenders();
  lines.addSenders();

  expect(connection.lines.map(({ receiver }) => receiver.track.kind)).toEqual(['audio', 'video']);
  expect(connection.lines[1]?.init.sendEncodings).toEqual([
    { maxBitrate: 1_500_000, scaleResolutionDownBy: 2 },
  ]);
});

test('a track that comes later goes on its line', async () => {
  const { lines } = make();
  const camera = track('video');
  lines.addSenders();

  lines.setTrack('video', camera);
  await settle();

  expect(lines.getSender('video')?.track).toBe(camera);
});

test.each([
  ['the one before', () => track('audio')],
  ['none', () => null],
])(
  'of changes that come before the browser has made the first, the last one counts: %s',
  async (_what, makeOwn) => {
    const { lines } = make();
    const own = makeOwn();
    lines.addSenders();
    lines.setTrack('audio', own);
    await settle();

    lines.setTrack('audio', track('audio'));
    lines.setTrack('audio', own);
    await settle();

    expect(lines.getSender('audio')?.track).toBe(own);
  },
);

test('a side that answers sends on the lines of the offer, what it has by then', async () => {
  const { connection, lines } = make();
  const microphone = track('audio');
  connection.addTransceiver('audio');
  lines.setTrack('audio', microphone);

  lines.adoptSenders();
  await settle();

  expect(connection.lines[0]?.direction).toBe('sendrecv');
  expect(lines.getSender('audio')?.track).toBe(microphone);
});

test('a side that awaits an offer has its tracks on senders that the offer’s lines join, also those that come later', () => {
  const { connection, lines } = make();
  const [microphone, camera] = [track('audio'), track('video')];
  lines.setTrack('audio', microphone);

  lines.awaitOffer();
  lines.setTrack('video', camera);
  lines.adoptSenders();

  expect(connection.lines.map(({ sender }) => sender.track)).toEqual([microphone, camera]);
  expect(lines.getSender('audio')?.track).toBe(microphone);
});

test('the first pictures of a side that answers are small, those of a later offer are not', () => {
  const { connection, lines } = make();
  lines.setTrack('video', track('video'));
  lines.awaitOffer();

  lines.adoptSenders();
  const first = connection.lines[0]?.encodings;
  connection.lines[0]?.sender.setParameters({ encodings: [{}] });
  lines.adoptSenders();

  expect([first, connection.lines[0]?.encodings]).toEqual([[{ scaleResolutionDownBy: 2 }], [{}]]);
});

test.each(['has no encodings', 'refuses them'])(
  'a browser that %s answers with larger ones',
  async (what) => {
    const logged: string[] = [];
    const { connection, lines } = make(new Connection(), (told) => logged.push(told));
    lines.setTrack('video', track('video'));
    lines.awaitOffer();
    const [line] = connection.lines;
    if (line && what === 'has no encodings') line.encodings = undefined;
    else if (line) line.refuses = true;

    lines.adoptSenders();
    await Promise.resolve();

    expect(logged).toEqual(what === 'refuses them' ? ['setParameters'] : []);
  },
);

test('a side that awaited an offer and makes one adds the line that is missing', () => {
  const { connection, lines } = make();
  lines.setTrack('audio', track('audio'));
  lines.awaitOffer();

  lines.addSenders();

  expect(connection.lines.map(({ receiver }) => receiver.track.kind)).toEqual(['audio', 'video']);
});

test('a screen needs an offer the first time only, and its lines are empty afterwards', async () => {
  const { connection, lines } = make();
  lines.addSenders();
  lines.setScreen(screenOf(track('video')));

  const first = await lines.sendScreen();
  for (const line of connection.lines) line.mid = '0';
  lines.setScreen(null);
  const stopped = await lines.sendScreen();
  lines.setScreen(screenOf(track('video')));
  const again = await lines.sendScreen();

  expect([first, stopped, again]).toEqual([true, false, false]);
  expect(connection.lines).toHaveLength(3);
});

test('another connection begins without lines', () => {
  const { lines } = make();
  const next = new Connection();
  lines.addSenders();

  lines.moveTo(next as unknown as RTCPeerConnection);
  const before = lines.getSender('audio');
  lines.addSenders();

  expect(before).toBeUndefined();
  expect(next.lines).toHaveLength(2);
});
