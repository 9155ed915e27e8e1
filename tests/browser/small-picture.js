// Gives a test a camera of 320 × 180, whatever the page asks for: a twelfth of the usual pixels to capture, encode,
// decode and draw, with the same tracks, frames and frame rate. A test that reads a picture's size opens its tab
// without this script (open_chromium_tab).
(() => {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const small = { width: 320, height: 180 };
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = ({ video = false, ...others } = {}) => open({ ...others, video: video && { ...video, ...small } });
  const apply = MediaStreamTrack.prototype.applyConstraints;
  MediaStreamTrack.prototype.applyConstraints = function (constraints = {}) {
    const { width, height, ...others } = constraints;
    const isCamera = width !== undefined && this.getSettings().displaySurface === undefined;
    return apply.call(this, isCamera ? { ...others, ...small } : constraints);
  };
})();
