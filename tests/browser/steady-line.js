// Tells a page of a line that loses nothing and carries the whole picture, whatever the machine has time for while it runs the tests:
// otherwise the page would, rightly, send less, say that a connection is weak, or tell the other side so.
// The tests of lines have lines of their own (tests/network) or tell a page of another one (LINE in test_sending.py).
(() => {
  if (!window.RTCPeerConnection) return;
  const steady = {
    availableOutgoingBitrate: (told) => Math.max(told, 4_000_000),
    currentRoundTripTime: (told) => Math.min(told, 0.05),
    roundTripTime: (told) => Math.min(told, 0.05),
    fractionLost: () => 0,
    packetsLost: () => 0,
    retransmittedPacketsSent: () => 0,
  };
  const { entries, fromEntries } = Object; // a test may take them away, to be an old browser
  const steadied = (stat) =>
    fromEntries(entries(stat).map(([name, told]) => [name, name in steady ? steady[name](told) : told]));
  const { prototype } = window.RTCPeerConnection;
  const read = prototype.getStats;
  prototype.getStats = async function (...of) {
    const report = await read.apply(this, of);
    return new Map([...report].map(([id, stat]) => [id, steadied(stat)]));
  };
})();
