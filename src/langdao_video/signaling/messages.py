"""The frames on the room's WebSocket: two tagged unions that define the protocol (docs/protocol.md).

Every frame is one JSON object with `type`. `codec.py` reads and writes them.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from langdao_video.session.claims import Claim, WarningCause
from langdao_video.session.links import TOKEN_CHARACTERS_MAX
from langdao_video.session.roles import Role
from langdao_video.signaling.counters import Acks, Counter, MediaFlow
from langdao_video.signaling.fields import (
    CHAT_CHARACTERS_MAX,
    ChatLine,
    ClientId,
    Cost,
    Epoch,
    IceCandidate,
    Network,
    OfferNumber,
    PageId,
    Reaction,
    Sdp,
)


class Frame(Struct, frozen=True, kw_only=True, rename="camel", tag_field="type", omit_defaults=True):
    """One JSON text frame; fields are camelCase on the wire, defaults are left out."""


# ── Both ways ────────────────────────────────────────────────────────────────────────────────────


class Relayed(Frame, frozen=True, kw_only=True, gc=False):
    """A frame for the page *to*, which gets the bytes that came."""

    to: PageId


class Offer(Relayed, frozen=True, kw_only=True, gc=False, tag="offer"):
    """An offer for the page *to*. A page that was reloaded since has another name, so it gets no stale offer."""

    sdp: Sdp
    number: OfferNumber | None = None


class Answer(Relayed, frozen=True, kw_only=True, gc=False, tag="answer"):
    """The answer to offer *number* of the page *to*. A late answer does not fit a newer offer, by its number."""

    sdp: Sdp
    number: OfferNumber | None = None


class Ice(Relayed, frozen=True, kw_only=True, gc=False, tag="ice"):
    """One trickled candidate (RFC 8838); null ends the candidates."""

    candidate: IceCandidate | None


# ── From the browser ─────────────────────────────────────────────────────────────────────────────


class Arrival(Frame, frozen=True, kw_only=True):
    """The first frame, sent within five seconds: it says what the link says. *page* names this page load."""

    page: PageId
    role: Role
    address: Annotated[str, Meta(max_length=64)] | None = None
    name: Annotated[str, Meta(max_length=64)] | None = None
    language: Annotated[str, Meta(max_length=8)] | None = None
    session_start: Counter | None = None
    token: Annotated[str, Meta(max_length=TOKEN_CHARACTERS_MAX)] | None = None
    relay: bool = False
    """A development link's `relay=1`. Elsewhere the token says it."""
    leaving: ClientId | None = None
    """The process that told this page to move, and that this socket must not reach again."""


class LobbyJoin(Arrival, frozen=True, kw_only=True, tag="look"):
    """Join the lobby without taking a seat; a `join` on the same socket takes it."""


class Join(Arrival, frozen=True, kw_only=True, tag="join"):
    """Take a seat. A new *page* means a new peer connection; *resume* is the token that takes one's own seat back."""

    resume: Annotated[str, Meta(max_length=TOKEN_CHARACTERS_MAX)] | None = None
    takeover: bool = False
    audio: bool = True
    video: bool = True
    hand: bool = False
    screen: bool = False
    video_paused: bool = False
    network: Network = "good"


class SendChat(Frame, frozen=True, kw_only=True, tag="chat"):
    """A line of chat; *id* is the sender's own and makes a resend harmless."""

    id: ClientId
    text: Annotated[str, Meta(min_length=1, max_length=CHAT_CHARACTERS_MAX)]


class SetStatus(Frame, frozen=True, kw_only=True, tag="user-status"):
    """The sender's microphone and camera, true while on, and whether they raise a hand or share their screen.

    *videoPaused*: the camera is on, and the page sends no picture, because the line carries no more than the sound.
    *network*: how the page finds its own connection.
    """

    audio: bool
    video: bool
    hand: bool = False
    screen: bool = False
    video_paused: bool = False
    network: Network = "good"


class React(Frame, frozen=True, kw_only=True, tag="reaction"):
    """A reaction that both see for a moment; it is not kept."""

    reaction: Reaction


class Heartbeat(Frame, frozen=True, kw_only=True, tag="heartbeat"):
    """The answer to `ping`, and a proof that this seat is alive."""

    audio: bool
    video: bool
    hand: bool = False
    screen: bool = False
    video_paused: bool = False
    network: Network = "good"
    media: MediaFlow | None = None
    acks: Acks | None = None
    server_time: Counter | None = None
    """The time of the ping that this answers, Unix ms. Without it the heartbeat answers the oldest open ping."""


class DecideGrace(Frame, frozen=True, kw_only=True, tag="grace-decision"):
    """The answer to a question: wait for the other participant, or end the session (R39)."""

    decision: Literal["wait", "end"]


class EndSession(Frame, frozen=True, kw_only=True, tag="end-session"):
    """End the session for both (R16)."""


class Moved(Frame, frozen=True, kw_only=True, tag="moved"):
    """The page has its seat in another process: this socket is not needed any more."""


SeatFrame = Offer | Answer | Ice | SendChat | SetStatus | React | Heartbeat | DecideGrace | EndSession | Moved
"""The frames that only a seated page may send."""
ClientFrame = LobbyJoin | Join | SeatFrame


# ── From the service ─────────────────────────────────────────────────────────────────────────────


class Peer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The other participant. *name* is there only if their link has one."""

    role: Role
    page: PageId
    address: str
    audio: bool
    video: bool
    name: str | None = None
    hand: bool = False
    screen: bool = False
    video_paused: bool = False
    network: Network = "good"


class SessionInfo(Struct, frozen=True, kw_only=True, rename="camel"):
    """The session as both seats know it. *start* is the original sessionStart, Unix ms."""

    id: str
    start: int
    language: str


class IceServer(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An RTCIceServer (W3C WebRTC §4.2.4)."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class LobbyView(Frame, frozen=True, kw_only=True, tag="lobby"):
    """The answer to `look`, sent again when the peer comes or goes. *peerLooks*: the peer is in the lobby, too."""

    role: Role
    address: str
    name: str | None = None
    session: SessionInfo
    server_time: int
    ice_servers: tuple[IceServer, ...]
    relay_only: bool = False
    peer: Peer | None
    peer_in_lobby: bool = msgspec.field(default=False, name="peerLooks")
    assumed: tuple[str, ...] = ()


class Welcome(Frame, frozen=True, kw_only=True, tag="welcome"):
    """The answer to `join`. *assumed* names what a development link left out (R1).

    *relayOnly*: the link hides its participant's address, so the page uses relay candidates only.
    """

    role: Role
    address: str
    name: str | None = None
    epoch: Epoch
    resume: str
    session: SessionInfo
    server_time: int
    ice_servers: tuple[IceServer, ...]
    relay_only: bool = False
    peer: Peer | None
    chat: tuple[ChatLine, ...] = ()
    assumed: tuple[str, ...] = ()


class IceServers(Frame, frozen=True, kw_only=True, tag="ice-servers"):
    """Newer ICE servers than the page has, before their credentials expire. A call in progress is not touched."""

    ice_servers: tuple[IceServer, ...]


class PeerJoined(Frame, frozen=True, kw_only=True, tag="peer-joined"):
    """The peer has taken the other seat, perhaps again. A *page* not seen before means a new peer connection.

    *tookOver*: the page took over a seat that another page held, with a link of that seat.
    """

    peer: Peer
    timestamp: int
    took_over: bool = False


class PeerLeft(Frame, frozen=True, kw_only=True, tag="peer-left"):
    """The other seat is empty. *timestamp* is the last proof of it, Unix ms."""

    role: Role
    reason: str
    timestamp: int


class Chat(Frame, frozen=True, kw_only=True, tag="chat"):
    """A line of chat, sent to both. It tells its author that the service took the line."""

    line: ChatLine


class UserStatus(Frame, frozen=True, kw_only=True, tag="user-status"):
    """The microphone and camera of *role*, true while on (R9), and their other signs, as in their own frame."""

    role: Role
    audio: bool
    video: bool
    hand: bool = False
    screen: bool = False
    video_paused: bool = False
    network: Network = "good"


class Reacted(Frame, frozen=True, kw_only=True, tag="reaction"):
    """A reaction of *role*, sent to both."""

    role: Role
    reaction: Reaction


class Ping(Frame, frozen=True, kw_only=True, tag="ping"):
    """Asks for a heartbeat. The server asks because browsers throttle a hidden tab's timers, but not its socket."""

    server_time: int


class Bill(Frame, frozen=True, kw_only=True, tag="bill"):
    """The bill as it stands. *running* says whether the meter runs, *reason* why it does not."""

    state: str
    running: bool
    reason: str | None
    billable_seconds: int
    cost: Cost | None
    rate_per_hour: Cost | None
    server_time: int
    proven_at: int | None = None
    """The time up to which *billableSeconds* counts while the meter runs, Unix ms. A page shows no time beyond it."""
    cap_at: int | None = None
    """When the prepaid time is used up if both stay, Unix ms."""
    cap_seconds: int | None = None
    """The billable time that is prepaid, whole seconds; None without a cap."""


class ConnectionWarning(Frame, frozen=True, kw_only=True, tag="connection-warning"):
    """A question (R39): *disconnectedRole* is gone. Without an answer the session ends at *deadline*, Unix ms.

    With a *cause* other than `away` they are here, but their page says that nothing arrives, or does not answer.
    """

    disconnected_role: Role
    grace_period_seconds: int
    deadline: int
    cause: WarningCause = "away"
    claims: dict[Role, Claim] | None = None
    """What each side's page claims."""


class WarningResolved(Frame, frozen=True, kw_only=True, tag="grace-resolved"):
    """The question is over: the missing participant came back, or someone chose to wait."""

    outcome: Literal["returned", "wait"]


class LowBalance(Frame, frozen=True, kw_only=True, tag="low-balance"):
    """The prepaid time is nearly over: the session ends in *remainingSeconds*."""

    remaining_seconds: int


class EndNotice(Frame, frozen=True, kw_only=True, tag="session-ended"):
    """The session is over for both. *totalSeconds* count from sessionStart, *billableSeconds* while both were there."""

    ended_by: str
    reason: str
    total_seconds: int
    billable_seconds: int | None
    cost: Cost | None
    timestamp: int
    statement_url: str | None = None
    """The page that explains the bill."""
    pauses: int = 0
    """How often the meter stopped before the end."""


class Moving(Frame, frozen=True, kw_only=True, tag="moving"):
    """The process *leaving* stops in *withinMs*: look for another on a second socket, and send `moved` here then."""

    leaving: ClientId
    within_ms: int


class Error(Frame, frozen=True, kw_only=True, tag="error"):
    """What was wrong and what to do next. *final*: this socket will close, and a new one would be refused, too."""

    code: str
    message: str
    final: bool = False
    id: ClientId | None = None
    """The id of the line of chat that was refused. Sending it again would be refused, too."""


ServerFrame = (
    LobbyView
    | Welcome
    | IceServers
    | PeerJoined
    | PeerLeft
    | Offer
    | Answer
    | Ice
    | Chat
    | UserStatus
    | Reacted
    | Ping
    | Bill
    | ConnectionWarning
    | WarningResolved
    | LowBalance
    | EndNotice
    | Moving
    | Error
)
