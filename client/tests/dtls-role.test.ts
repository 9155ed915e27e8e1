// A later offer names the role that the page has.

import { expect, test } from 'vitest';
import { type Agreed, nameRole } from '../src/call/transport/dtls-role';

const sdp = (role: string) => `v=0\r\nm=audio 9\r\na=setup:${role}\r\nm=video 9\r\na=setup:${role}\r\n`;

function agreed(type: RTCSdpType, role: string): Agreed {
  const own = { type, sdp: sdp(type === 'answer' ? role : 'actpass') } as RTCSessionDescription;
  const theirs = {
    type: type === 'answer' ? 'offer' : 'answer',
    sdp: sdp(type === 'answer' ? 'actpass' : role),
  } as RTCSessionDescription;
  return { currentLocalDescription: own, currentRemoteDescription: theirs };
}

test('the page that answered keeps what it answered', () => {
  expect(nameRole(sdp('actpass'), agreed('answer', 'active'))).toBe(sdp('active'));
  expect(nameRole(sdp('actpass'), agreed('answer', 'passive'))).toBe(sdp('passive'));
});

test('the page that was answered is what the other is not', () => {
  expect(nameRole(sdp('actpass'), agreed('offer', 'active'))).toBe(sdp('passive'));
  expect(nameRole(sdp('actpass'), agreed('offer', 'passive'))).toBe(sdp('active'));
});

test('a first offer leaves it open, and so does one after an answer that says nothing', () => {
  const none = { currentLocalDescription: null, currentRemoteDescription: null };

  expect(nameRole(sdp('actpass'), none)).toBe(sdp('actpass'));
  expect(nameRole(sdp('actpass'), agreed('offer', 'toString'))).toBe(sdp('actpass'));
  expect(nameRole(sdp('passive'), agreed('answer', 'active'))).toBe(sdp('passive'));
});
