// What a page has received so far, looked at every 100 ms: put in after probe.js, which knows the connections.
// The sums only grow, also when a new connection takes over from an old one. See flow.py.
(() => {
  const EVERY_MS = 100;
  const LATE_MS = 2000;
  const KEPT_MAX = 6000; // ten minutes
  const NOTHING = { frames: 0, packets: 0, energy: 0, concealed: 0, samples: 0, bytes: 0 };
  const sums = { ...NOTHING };
  const last = new WeakMap();
  const looks = [];
  let width = 0;

  async function read(connection) {
    const now = { ...NOTHING };
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== "inbound-rtp") continue;
      now.bytes += report.bytesReceived ?? 0;
      if (report.kind === "video") {
        now.frames += report.framesDecoded ?? 0;
        width = report.frameWidth ?? width;
      } else {
        now.packets += report.packetsReceived ?? 0;
        now.energy += report.totalAudioEnergy ?? 0;
        // What was made up of silence (DTX) is heard by nobody.
        now.concealed += (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0);
        now.samples += report.totalSamplesReceived ?? 0;
      }
    }
    return now;
  }

  /** A connection that closes meanwhile may never answer, and must not end the looks. */
  async function readInTime(connection) {
    const late = new Promise((resolve) => setTimeout(resolve, LATE_MS, null));
    return Promise.race([read(connection).catch(() => null), late]);
  }

  async function look() {
    for (const connection of __probe.connections) {
      if (connection.signalingState === "closed") continue;
      const now = await readInTime(connection);
      if (!now) continue;
      const before = last.get(connection) ?? NOTHING;
      for (const name of Object.keys(NOTHING)) sums[name] += Math.max(0, now[name] - before[name]);
      last.set(connection, now);
    }
    looks.push({ at: Date.now(), width, ...sums });
    if (looks.length > KEPT_MAX) looks.shift();
    setTimeout(look, EVERY_MS);
  }
  look();

  /** Whether since *at* (Unix ms) pictures were decoded and sound was heard: more than what was still on its way. */
  function moves(at) {
    const before = looks.find((look) => look.at >= at + 300);
    const now = looks.at(-1);
    return Boolean(before) && now.frames >= before.frames + 3 && now.packets >= before.packets + 20 && now.energy > before.energy;
  }

  window.__flow = { looks, moves };
})();
