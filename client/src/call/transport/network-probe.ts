// Tries the ways out of this network for the lobby's check, with connections of its own. Every wait has a deadline, and an abort
// closes everything at once: a person who joins needs the line.

import {
  type Arrival,
  BANDWIDTH_KBPS_MAX,
  type CheckResults,
  medianOf,
  planWays,
  rateOf,
  WAYS,
  type Way,
} from './network-check';

/** The whole check; what is not measured by then is left out. */
const CHECK_MS_MAX = 5_000;

/** TLS to a relay on another continent, with its name looked up first, takes eight round trips. */
const WAY_MS_MAX = 2_500;

const TRIPS = 3;

/** Sound as a call sends it: 50 packets a second. Then more and more, as a picture would. */
const PROBES = { count: 40, everyMs: 20, bytes: 160 };
const FLOW = { everyMs: 10, ms: 1_200, bytes: 1_100, buffered: 64 * 1_024 };
/** When the timers need this much longer than they should, the computer is busy. */
const BUSY_FACTOR = 2;
/** The last probe may be on its way. */
const LATE_PROBE_MS = 300;

export interface CheckOptions {
  readonly servers: readonly RTCIceServer[];
  readonly needsRelay: boolean;
  /** What answers an HTTP request. */
  readonly serviceUrl: string;
  /** The person pays for every byte: nothing is sent to measure the bandwidth. */
  readonly savesData: boolean;
  readonly signal: AbortSignal;
}

/** Check the network. Resolves within five seconds with what is known by then, and at once when it is aborted. */
export async function checkNetwork(options: CheckOptions): Promise<CheckResults> {
  const { servers, needsRelay, serviceUrl } = options;
  const plan = planWays(servers);
  const over = new Deadline(CHECK_MS_MAX, options.signal);
  const ways = WAYS.map((name) => tryWay(plan[name], over));
  const relays = WAYS.map((name, place) => [plan[name], ways[place]] as const).slice(1);
  const measured = findOpen(relays).then((server) => (server ? measure(server, options, over) : NOTHING));
  const [serviceMs, line, stun = 'none', udp = 'none', tcp = 'none', tls = 'none'] = await Promise.all([
    timeService(serviceUrl, over),
    measured,
    ...ways,
  ]);
  over.end();
  return { ways: { stun, udp, tcp, tls }, needsRelay, serviceMs, ...line };
}

type Trial = readonly [server: RTCIceServer | null, way: Promise<Way> | undefined];

/** Find the server whose way is open first; null once none can be. */
function findOpen(trials: readonly Trial[]): Promise<RTCIceServer | null> {
  return new Promise((resolve) => {
    const tried = trials.map(async ([server, way]) => {
      if ((await way) === 'open') resolve(server);
    });
    void Promise.all(tried).then(() => resolve(null));
  });
}

/** Ends everything that waits, by time or by the caller. */
class Deadline {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly timer: ReturnType<typeof setTimeout>;

  constructor(ms: number, outer: AbortSignal) {
    this.signal = this.controller.signal;
    this.timer = setTimeout(() => this.end(), ms);
    if (outer.aborted) this.end();
    outer.addEventListener('abort', () => this.end());
  }

  end(): void {
    clearTimeout(this.timer);
    this.controller.abort();
  }

  /** Resolve after *ms*, or at the end. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.signal.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.signal.addEventListener('abort', end);
    });
  }
}

/** Find a candidate by *server*: a relay's where it is one, else the own address as the world sees it. */
async function tryWay(server: RTCIceServer | null, over: Deadline): Promise<Way> {
  if (!server) return 'none';
  const isRelay = server.username !== undefined;
  let connection: RTCPeerConnection | undefined;
  try {
    connection = new RTCPeerConnection({
      iceServers: [server],
      iceTransportPolicy: isRelay ? 'relay' : 'all',
    });
    const found = gather(connection, isRelay);
    await connection.setLocalDescription(await connection.createOffer());
    const isOpen = await Promise.race([found, over.wait(WAY_MS_MAX).then(() => false)]);
    return isOpen ? 'open' : 'closed';
  } catch {
    return 'closed'; // an URL that this browser does not understand leads nowhere
  } finally {
    connection?.close();
  }
}

/** Resolve to whether *connection* finds what it gathers for. */
function gather(connection: RTCPeerConnection, isRelay: boolean): Promise<boolean> {
  connection.createDataChannel('check');
  return new Promise((resolve) => {
    let hasAddress = false;
    let hasFailed = false;
    connection.addEventListener('icecandidateerror', () => {
      hasFailed = true;
    });
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) {
        const type = / typ (\w+)/.exec(candidate.candidate)?.[1];
        if (type === (isRelay ? 'relay' : 'srflx')) resolve(true);
        hasAddress ||= type === 'host';
      } else if (!candidate) {
        // Without a NAT the answer of STUN is an address that is known already, and is no candidate (RFC 8445 §5.1.3).
        resolve(!isRelay && hasAddress && !hasFailed);
      }
    };
  });
}

/** Time requests to the service, ms: the quickest of a few, because the first one opens a connection. */
async function timeService(url: string, over: Deadline): Promise<number | null> {
  const trips: number[] = [];
  try {
    for (let trip = 0; trip < TRIPS && !over.signal.aborted; trip += 1) {
      const sentMs = performance.now();
      await fetch(url, { cache: 'no-store', signal: over.signal });
      trips.push(performance.now() - sentMs);
    }
  } catch {
    // No answer, or no time left for it.
  }
  return trips.length > 0 ? Math.round(Math.min(...trips)) : null;
}

type Line = Pick<CheckResults, 'roundTripMs' | 'loss' | 'bandwidthKbps'>;
const NOTHING: Line = { roundTripMs: null, loss: null, bandwidthKbps: null };

/** Send to this page itself over the relay *server*: what arrives has gone up the line and down again. */
async function measure(server: RTCIceServer, options: CheckOptions, over: Deadline): Promise<Line> {
  const { needsRelay, savesData } = options;
  const near = new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: 'relay' });
  const far = new RTCPeerConnection({
    iceServers: [server],
    iceTransportPolicy: needsRelay ? 'relay' : 'all',
  });
  try {
    const channel = await open(near, far, over);
    if (!channel) return NOTHING;
    const line = await measureTrips(channel, over);
    const bandwidthKbps = savesData || over.signal.aborted ? null : await measureRate(channel, over);
    return { ...line, bandwidthKbps };
  } catch {
    return NOTHING; // the browser refuses, or lost the connection: the ways are known all the same
  } finally {
    near.close();
    far.close();
  }
}

interface Channel {
  readonly from: RTCDataChannel;
  readonly to: RTCDataChannel;
}

/** Connect *near* and *far* by a channel that repeats nothing and waits for nothing, like media. */
async function open(
  near: RTCPeerConnection,
  far: RTCPeerConnection,
  over: Deadline,
): Promise<Channel | null> {
  const unreliable = { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 };
  const [from, to] = [near, far].map((one) => one.createDataChannel('check', unreliable)) as [
    RTCDataChannel,
    RTCDataChannel,
  ];
  to.binaryType = 'arraybuffer';
  const isOpen = new Promise<boolean>((resolve) => {
    from.onopen = () => resolve(true);
  });
  trickle(near, far);
  trickle(far, near);
  const offer = await near.createOffer();
  await near.setLocalDescription(offer);
  await far.setRemoteDescription(offer);
  const answer = await far.createAnswer();
  await far.setLocalDescription(answer);
  await near.setRemoteDescription(answer);
  return (await Promise.race([isOpen, over.wait(WAY_MS_MAX).then(() => false)])) ? { from, to } : null;
}

/** Give the candidates of *one* to *other*, once it knows the description that they belong to. */
function trickle(one: RTCPeerConnection, other: RTCPeerConnection): void {
  const early: RTCIceCandidate[] = [];
  const add = (candidate: RTCIceCandidate) => void other.addIceCandidate(candidate).catch(() => undefined);
  one.onicecandidate = ({ candidate }) => {
    if (!candidate) return;
    if (other.remoteDescription) add(candidate);
    else early.push(candidate);
  };
  other.addEventListener('signalingstatechange', () => {
    if (other.remoteDescription) for (const candidate of early.splice(0)) add(candidate);
  });
}

async function measureTrips({ from, to }: Channel, over: Deadline): Promise<Omit<Line, 'bandwidthKbps'>> {
  const beganMs = performance.now();
  const sentMs: number[] = [];
  const trips: number[] = [];
  to.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const sent = sentMs[new DataView(data).getUint16(0)];
    if (sent !== undefined) trips.push(performance.now() - sent);
  };
  for (let number = 0; number < PROBES.count && !over.signal.aborted; number += 1) {
    const probe = new DataView(new ArrayBuffer(PROBES.bytes));
    probe.setUint16(0, number);
    sentMs.push(performance.now());
    from.send(probe.buffer as ArrayBuffer);
    await over.wait(PROBES.everyMs);
  }
  const tookMs = performance.now() - beganMs;
  await over.wait(LATE_PROBE_MS);
  // A computer that is busy delays more than the line: it says nothing about the line.
  if (tookMs > BUSY_FACTOR * PROBES.count * PROBES.everyMs) return { roundTripMs: null, loss: null };
  const loss = over.signal.aborted ? null : Math.max(0, 1 - trips.length / sentMs.length);
  return { roundTripMs: medianOf(trips), loss };
}

async function measureRate({ from, to }: Channel, over: Deadline): Promise<number | null> {
  const arrivals: Arrival[] = [];
  to.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    arrivals.push({ atMs: performance.now(), bytes: data.byteLength });
  };
  const beganMs = performance.now();
  const load = new Uint8Array(FLOW.bytes);
  let sentBytes = 0;
  while (!over.signal.aborted && performance.now() - beganMs < FLOW.ms) {
    // kbit/s are bits a millisecond. A timer that came late makes up for it, and a full line stops it.
    const dueBytes = ((performance.now() - beganMs) * BANDWIDTH_KBPS_MAX) / 8;
    while (sentBytes < dueBytes && from.bufferedAmount < FLOW.buffered) {
      from.send(load);
      sentBytes += FLOW.bytes;
    }
    await over.wait(FLOW.everyMs);
  }
  return rateOf(arrivals, beganMs);
}
