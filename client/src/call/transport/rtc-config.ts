// The configuration of an RTCPeerConnection, and how its state and its descriptions are read. Pure.

export const VIDEO_BITRATE_MAX = 1_500_000;
/** Small print needs more than a face, though fewer pictures a second. */
export const SCREEN_BITRATE_MAX = 2_500_000;
/** Speech is left to the codec (32 kbit/s); an instrument wants what RFC 7587 §3.1.1 has for music, and more. */
export const MUSIC_BITRATE_MAX = 128_000;

export type LinkState = 'connecting' | 'connected' | 'disconnected' | 'failed';

/** Configure a connection over these servers. With *relayOnly* the browser tells the other side no address of its own. */
export function configuration(iceServers: RTCIceServer[], relayOnly: boolean): RTCConfiguration {
  return {
    iceServers,
    iceTransportPolicy: relayOnly ? 'relay' : 'all',
    bundlePolicy: 'max-bundle',
    // Gather candidates from now on, not only from the offer on.
    iceCandidatePoolSize: 1,
    // Chrome 70 and 71 speak Plan B unless told (R18); the types no longer know the word.
    ...{ sdpSemantics: 'unified-plan' },
  };
}

/** The certificate that a description announces (RFC 8122 §5); all lines of a bundle have the same. */
export function fingerprintOf(sdp: string): string {
  return /^a=fingerprint:(.*)/m.exec(sdp)?.[1]?.trim().toLowerCase() ?? '';
}

/** Firefox before 113 has no `connectionState`: there the state of ICE is used. */
export function linkState(
  connection: RTCPeerConnectionState | undefined,
  ice: RTCIceConnectionState,
): LinkState {
  const state = connection ?? ice;
  if (state === 'connected' || state === 'completed') return 'connected';
  if (state === 'disconnected') return 'disconnected';
  return state === 'failed' || state === 'closed' ? 'failed' : 'connecting';
}
