// The golden messages hold both languages to one protocol: what is in wire/ must be read and written here, too.

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FrameRefused } from '../src/base/shapes';
import { type ClientFrame, receiveFrame } from '../src/call/transport/wire';

const WIRE = resolve(import.meta.dirname, '../../wire');

function readAll(folder: string): [string, Record<string, unknown>][] {
  return readdirSync(resolve(WIRE, folder)).map((name) => [
    name,
    JSON.parse(readFileSync(resolve(WIRE, folder, name), 'utf8')),
  ]);
}

describe('frames of the service', () => {
  test.each(readAll('frames/server'))('%s is read as it was written', (_name, golden) => {
    const frame = receiveFrame(JSON.stringify(golden));

    expect(frame).toMatchObject(golden);
  });

  test.each(readAll('frames/server'))(
    '%s is refused when any of its fields has a wrong type',
    (_name, golden) => {
      for (const field of Object.keys(golden).filter((name) => name !== 'type')) {
        const wrong = { ...golden, [field]: [{ no: 'such' }, 7] };

        expect(() => receiveFrame(JSON.stringify(wrong)), field).toThrow(FrameRefused);
      }
    },
  );

  test('an unknown type, no object and no JSON are refused', () => {
    for (const raw of ['{"type":"toString"}', '{"type":"new"}', '[]', 'null', '7', '{', '{"kind":"ping"}']) {
      expect(() => receiveFrame(raw), raw).toThrow(FrameRefused);
    }
  });

  test('a field the service adds later changes nothing', () => {
    const frame = receiveFrame('{"type":"ping","serverTime":1,"new":true}');

    expect(frame).toEqual({ type: 'ping', serverTime: 1 });
  });
});

// One of each, typed as what the page sends: the compiler refuses a name that the type does not have.
const SENT: Readonly<Record<string, ClientFrame>> = {
  'look.json': {
    type: 'look',
    page: 'p-8c1f52a9',
    role: 'student',
    address: '0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1',
    language: 'es',
    sessionStart: 1698234567890,
  },
  'join-resume.json': {
    type: 'join',
    page: 'p-8c1f52a9',
    role: 'tutor',
    resume: 'e30',
    takeover: true,
    video: false,
  },
  'heartbeat-with-echo.json': {
    type: 'heartbeat',
    audio: true,
    video: false,
    serverTime: 1698234599890,
    media: { audioPackets: 1, videoFrames: 1, bytes: 1 },
    acks: { audio: 1, video: 1, path: 1 },
  },
  'chat.json': { type: 'chat', id: 'm-1', text: 'hola' },
  'user-status.json': { type: 'user-status', audio: true, video: true },
  'user-status-screen.json': { type: 'user-status', audio: true, video: false, screen: true },
  'user-status-video-paused.json': { type: 'user-status', audio: true, video: true, videoPaused: true },
  'user-status-hand.json': { type: 'user-status', audio: true, video: true, hand: true },
  'user-status-network.json': { type: 'user-status', audio: true, video: true, network: 'weak' },
  'reaction.json': { type: 'reaction', reaction: 'heart' },
  'grace-decision.json': { type: 'grace-decision', decision: 'wait' },
  'end-session.json': { type: 'end-session' },
  'moved.json': { type: 'moved' },
  'join-leaving.json': { type: 'join', page: 'p-5b1c2a90', role: 'tutor', resume: 'e30', leaving: '0f1e' },
  'offer.json': { type: 'offer', to: 'p-77f0e4d1', sdp: 'v=0', number: 3 },
  'answer.json': { type: 'answer', to: 'p-77f0e4d1', sdp: 'v=0', number: 3 },
  'ice.json': {
    type: 'ice',
    to: 'p-77f0e4d1',
    candidate: { candidate: '', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'a' },
  },
  'ice-end.json': { type: 'ice', to: 'p-77f0e4d1', candidate: null },
};

describe('frames of the page', () => {
  const golden = Object.fromEntries(readAll('frames/client'));

  test.each(Object.entries(SENT))('%s has exactly the fields of the golden one', (name, sent) => {
    expect(fieldsOf(sent)).toEqual(fieldsOf(golden[name]));
  });
});

function fieldsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null)
    return [`${path}:${value === null ? 'null' : typeof value}`];
  return Object.entries(value)
    .flatMap(([name, item]) => fieldsOf(item, `${path}.${name}`))
    .sort();
}
