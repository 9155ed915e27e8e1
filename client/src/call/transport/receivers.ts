// What the receivers of a connection tell without a look at the statistics: how loud the other side is, and when media was last
// played (W3C WebRTC §5.3, getSynchronizationSources). Old browsers tell nothing.

/** Tell how loud the other side is right now, 0 to 1. */
export function readLevel(connection: RTCPeerConnection): number {
  const receiver = connection.getReceivers().find(({ track }) => track.kind === 'audio');
  return Math.max(0, ...(receiver ? sourcesOf(receiver) : []).map(({ audioLevel }) => audioLevel ?? 0));
}

/** When media was last played, by a clock of the browser's own; null before the first, and where the browser does not tell. */
export function readPlayed(connection: RTCPeerConnection): number | null {
  const times = connection
    .getReceivers()
    .flatMap(sourcesOf)
    .map(({ timestamp }) => timestamp);
  return times.length === 0 ? null : Math.max(...times);
}

function sourcesOf(receiver: RTCRtpReceiver): RTCRtpSynchronizationSource[] {
  return receiver.getSynchronizationSources?.() ?? [];
}
