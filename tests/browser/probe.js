// What a test or a bench may ask of any page with a call: put in before the page's own scripts, so the page
// needs no hook of its own. It wraps the browser's constructors, never the page's code. See probe.py.
(() => {
  const marks = {};
  const connections = [];
  const channels = [];
  const remoteTracks = new Set();
  const frames = [];
  const sockets = [];
  const parentMessages = [];

  const mark = (name) => {
    if (!(name in marks)) marks[name] = performance.timeOrigin + performance.now();
  };
  mark('probe');

  // ── The frames of the room's socket, for their times and as evidence ──────────────────────────
  const note = (direction, text) => {
    let type = 'not-json';
    try {
      const frame = JSON.parse(text);
      type = frame.type ?? frame.description?.type ?? Object.keys(frame)[0];
    } catch {}
    mark(`${direction} ${type}`);
    frames.push({ direction, type, text, at: Date.now() });
    if (frames.length > 5000) frames.shift();
  };
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
      mark('socket created');
      this.addEventListener('open', () => mark('socket open'));
      this.addEventListener('message', ({ data }) => note('got', data));
    }
    send(text) {
      note('sent', text);
      super.send(text);
    }
  };

  // ── The camera ────────────────────────────────────────────────────────────────────────────────
  const devices = navigator.mediaDevices;
  if (devices) {
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (...args) => {
      mark('camera asked');
      const stream = await ask(...args);
      mark('camera answered');
      return stream;
    };
  }

  // ── The peer connections ──────────────────────────────────────────────────────────────────────
  const NativeConnection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends NativeConnection {
    constructor(...args) {
      super(...args);
      connections.push(this);
      mark('connection created');
      this.addEventListener('track', ({ track }) => {
        remoteTracks.add(track);
        mark('remote track');
      });
      this.addEventListener('iceconnectionstatechange', () => mark(`ice ${this.iceConnectionState}`));
      this.addEventListener('connectionstatechange', () => mark(`connection ${this.connectionState}`));
    }
    /** The lobby's network check has connections of its own. They are no calls: they have no channel for the tools. */
    createDataChannel(label, ...args) {
      const channel = super.createDataChannel(label, ...args);
      if (label === 'tools') channels.push(channel);
      else if (connections.includes(this)) connections.splice(connections.indexOf(this), 1);
      return channel;
    }
    async setLocalDescription(...args) {
      await super.setLocalDescription(...args);
      mark(`local ${this.localDescription?.type}`);
    }
    async setRemoteDescription(...args) {
      await super.setRemoteDescription(...args);
      mark(`remote ${this.remoteDescription?.type}`);
    }
  };

  // ── The first frame on the screen: a video element shows a decoded frame of a remote track ────
  const isRemote = (video) =>
    video.srcObject instanceof MediaStream &&
    video.srcObject.getVideoTracks().some((track) => remoteTracks.has(track));
  const shown = [];
  const watch = (video) => {
    if (!video.requestVideoFrameCallback) return; // taken away, to be an old browser
    const look = () =>
      video.requestVideoFrameCallback((_now, { presentationTime }) => {
        if (!isRemote(video)) return look();
        shown.push(performance.timeOrigin + presentationTime);
        mark('first frame');
      });
    look();
  };
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  const watched = new WeakSet();
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...source,
    set(stream) {
      source.set.call(this, stream);
      if (stream && this instanceof HTMLVideoElement && !watched.has(this)) {
        watched.add(this);
        watch(this);
      }
    },
  });

  // ── What a test asks ──────────────────────────────────────────────────────────────────────────
  const remoteVideo = () =>
    [...document.querySelectorAll('video')].find((video) => isRemote(video) && video.videoWidth > 0);

  /** The numbers of the live connection: what was decoded and heard so far. */
  async function received() {
    const sum = { framesDecoded: 0, audioEnergy: 0, audioPackets: 0, connections: 0 };
    for (const connection of connections) {
      if (connection.signalingState === 'closed') continue;
      sum.connections += 1;
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue;
        if (report.kind === 'video') sum.framesDecoded += report.framesDecoded ?? 0;
        if (report.kind === 'audio') {
          sum.audioEnergy += report.totalAudioEnergy ?? 0;
          sum.audioPackets += report.packetsReceived ?? 0;
        }
      }
    }
    return sum;
  }

  /** The remote picture as a small thumbnail of RGB numbers; null while there is none. */
  function picture() {
    const video = remoteVideo();
    if (!video) return null;
    const canvas = document.createElement('canvas');
    canvas.width = 32;
    canvas.height = 24;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return [...context.getImageData(0, 0, canvas.width, canvas.height).data].filter((_, i) => i % 4 !== 3);
  }

  const DULL = new Set(['ping', 'heartbeat', 'bill']);
  const describe = (text) => {
    const { sdp, number } = JSON.parse(text);
    const [, fragment] = /a=ice-ufrag:(\S+)/.exec(sdp) ?? [];
    const [, certificate] = /a=fingerprint:\S+ (.{11})/.exec(sdp) ?? [];
    return `number ${number}, ufrag ${fragment}, certificate ${certificate}, ${sdp.split('a=candidate:').length - 1} candidates`;
  };
  const MARKED = { offer: describe, answer: describe };

  /** Evidence for who reads a failure: how the connections stand, and the newest frames with their times. */
  function trace() {
    const lines = connections.map(
      ({ signalingState, iceGatheringState, iceConnectionState, connectionState }) =>
        `connection: ${signalingState}, ice ${iceGatheringState} and ${iceConnectionState}, ${connectionState}`,
    );
    for (const { direction, type, text, at } of frames.filter(({ type }) => !DULL.has(type)).slice(-60)) {
      const seconds = (at - performance.timeOrigin) / 1000;
      lines.push(
        `${seconds.toFixed(2)} s ${direction} ${type} ${type in MARKED ? MARKED[type](text) : text.slice(0, 200)}`,
      );
    }
    return lines.join('\n');
  }

  window.addEventListener('message', ({ data, origin }) =>
    parentMessages.push({ data, origin, at: Date.now() }),
  );

  window.__probe = {
    marks,
    frames,
    sockets,
    shown,
    connections,
    channels,
    parentMessages,
    received,
    picture,
    trace,
  };
})();
