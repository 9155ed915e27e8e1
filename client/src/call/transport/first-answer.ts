// How a connection answers an offer, and makes its first answer final.

/** Answer in one step where the browser has it (W3C WebRTC §4.4.1.5; Chrome 80, Firefox 75, Safari 14.1). */
export async function applyAnswer(connection: RTCPeerConnection): Promise<void> {
  if (connection.setLocalDescription.length === 0) await connection.setLocalDescription();
  else await connection.setLocalDescription(await connection.createAnswer());
}

/** After a first answer Chromium (150, and others of libwebrtc) still holds all that the offer has changed to be undone by a rollback,
 * until the next description of the other side is applied. An own offer that gives way before that takes the lines of the call
 * with it: nothing is sent any more, and no later offer mends it. So apply the agreed offer and its answer again, here only; it
 * takes 10 ms and changes nothing. */
export async function settleFirstAnswer(connection: RTCPeerConnection): Promise<void> {
  const theirs = connection.currentRemoteDescription;
  if (connection.signalingState !== 'stable' || theirs?.type !== 'offer') return;
  await connection.setRemoteDescription(theirs);
  await applyAnswer(connection);
}
