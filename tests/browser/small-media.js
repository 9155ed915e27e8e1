// Gives a test a camera of 320 × 180, whatever the page asks for: a twelfth of the usual pixels to capture, encode,
// decode and draw, with the same tracks, frames and frame rate. The sound of the microphone is not processed, which
// would take a sixth of a call's CPU time; the page reads that it is processed as it asked.
// A test that reads a picture's size or how sound is processed opens its tab without this script.
(() => {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const small = { width: 320, height: 180 };
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const asked = new WeakMap();
  const { fromEntries } = Object; // a test may take it away, to be an old browser
  const note = (track, constraints) => {
    const processed = Object.entries(constraints).filter(([name]) => name in raw);
    asked.set(track, { ...asked.get(track), ...fromEntries(processed) });
  };

  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async ({ audio = false, video = false, ...others } = {}) => {
    const cheap = { audio: audio && { ...audio, ...raw }, video: video && { ...video, ...small } };
    const stream = await open({ ...others, ...cheap });
    for (const track of stream.getAudioTracks()) note(track, audio);
    return stream;
  };

  const track = MediaStreamTrack.prototype;
  const { applyConstraints, getSettings } = track;
  track.applyConstraints = async function (constraints = {}) {
    if (this.kind === 'audio') {
      await applyConstraints.call(this, { ...constraints, ...raw });
      return note(this, constraints);
    }
    const { width, height, ...others } = constraints;
    const isCamera = width !== undefined && getSettings.call(this).displaySurface === undefined;
    return applyConstraints.call(this, isCamera ? { ...others, ...small } : constraints);
  };
  track.getSettings = function () {
    return { ...getSettings.call(this), ...asked.get(this) };
  };
})();
