// Asks the browser which codecs it does in hardware, both ways. Loaded in a call that runs already: no picture waits for the answer,
// and the next call uses it.

import { HARDWARE_CODECS, type HardwareCodec, keepEfficient, recallEfficient } from './codec-choice';

const VIDEO = { width: 1_280, height: 720, bitrate: 1_500_000, framerate: 30 };

/** The parameters that each is negotiated with (W3C Media Capabilities §2.1.2 `webrtc`). */
const TYPES: Readonly<Record<HardwareCodec, string>> = {
  AV1: 'video/AV1',
  VP9: 'video/VP9;profile-id=0',
  H264: 'video/H264;profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1',
};

/** Find and keep what is efficient here, unless an earlier visit did. Firefox is not asked: it has no answer for calls. */
export async function probeCodecs(): Promise<void> {
  const { mediaCapabilities, userAgent } = navigator;
  if (!mediaCapabilities?.encodingInfo || recallEfficient(userAgent)) return;
  const answers = await Promise.all(HARDWARE_CODECS.map((name) => isEfficient(TYPES[name])));
  if (answers.includes(null)) return;
  keepEfficient(
    userAgent,
    HARDWARE_CODECS.filter((_name, index) => answers[index]),
  );
}

/** Null where the browser does not know the question. */
async function isEfficient(contentType: string): Promise<boolean | null> {
  const question = { type: 'webrtc' as const, video: { ...VIDEO, contentType } };
  try {
    const [sent, received] = await Promise.all([
      navigator.mediaCapabilities.encodingInfo(question),
      navigator.mediaCapabilities.decodingInfo(question),
    ]);
    return sent.supported && sent.powerEfficient && received.supported && received.powerEfficient;
  } catch {
    return null;
  }
}
