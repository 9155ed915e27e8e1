"""The two seats of a room: who sits there, in which sitting, and their newest proof. Sans-I/O state.

Law: an answer proves that someone was there when they were asked, not when it arrived. A network may delay a frame
for any time, and its sender may be gone by then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from langdao_video.session.claims import ClaimKind
from langdao_video.session.resume import Resume
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import SeatSnapshot
from langdao_video.signaling.effects import Close, CloseCode, Effect, Send
from langdao_video.signaling.evidence import Lateness, Witness
from langdao_video.signaling.fields import Network
from langdao_video.signaling.flow import Flow, FlowReports, ReportedMedia
from langdao_video.signaling.ice import IceOffer, IceSupply
from langdao_video.signaling.messages import (
    Heartbeat,
    Peer,
    Ping,
    ServerFrame,
    SetStatus,
    UserStatus,
)
from langdao_video.signaling.rules import RoomRules

REACTIONS_EVERY_MS: Final = 200
"""The shortest time between two reactions of a seat. Those in between are dropped without an error."""

ACTIONS_EVERY_MS: Final = 1_000
"""The shortest time between two reports of a seat's switches. The peer sees each at once; what lasts is reported."""

PINGS_OPEN_MAX: Final = 64
"""How many pings on one socket may be unanswered. At this bound the server sends no more."""


class SeatPhase(StrEnum):
    """Whether a seat is taken."""

    EMPTY = "empty"
    SEATED = "seated"
    AWAY = "away"
    """The socket is gone, but the seat is kept for a moment, because it may be a reload or a short drop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Someone whose link is valid for a seat. The room decides whether the seat is theirs."""

    role: Role
    page: str
    address: str
    is_throwaway: bool = False
    """In development, the link named no address, so this participant looks like any other without one."""
    resume: Resume | None = None
    takeover: bool = False
    audio: bool = True
    video: bool = True
    hand: bool = False
    screen: bool = False
    video_paused: bool = False
    network: Network = "good"
    assumed: tuple[str, ...] = ()
    name: str | None = None
    relay_only: bool = False
    """Their link hides their address: their page uses relays only."""
    is_moving: bool = False
    """This is their page's second socket: the process behind the first one stops."""


@dataclass(slots=True, kw_only=True)
class Seat:
    """One seat. *proof_ms* is the newest proof of its participant, Unix ms.

    *beat_ms* is their newest public heartbeat; None: the next proof is reported as one.
    *heard_ms* is when their socket last sent anything. It tells a dead socket from a living one, and proves nothing.
    """

    role: Role
    phase: SeatPhase = SeatPhase.EMPTY
    conn: int | None = None
    """The socket of the participant; None while nobody is seated."""
    left_conn: int | None = None
    """The socket that the page has moved from. It leaves it by itself, when it has read the welcome on the new one."""
    page: str = ""
    address: str = ""
    name: str | None = None
    is_throwaway: bool = False
    epoch: int = 0
    audio: bool = True
    video: bool = True
    hand: bool = False
    screen: bool = False
    video_paused: bool = False
    network: Network = "good"
    reported_on: tuple[bool, bool] | None = None
    """Microphone and camera as the platform knows them; None before the participant has come."""
    acted_ms: int = 0
    """When the participant's switches were reported last."""
    reacted_ms: int = 0
    proof_ms: int = 0
    heard_ms: int = 0
    asked_ms: list[int] = field(default_factory=list)
    """When the open pings of this socket were sent, oldest first."""
    beat_ms: int | None = None
    away_since_ms: int = 0
    said_goodbye: bool = False
    flow: Flow = field(default_factory=Flow)
    reports: FlowReports = field(default_factory=FlowReports)
    witness: Witness = field(default_factory=Witness)
    lateness: Lateness = field(default_factory=Lateness)
    ice: IceSupply = field(default_factory=IceSupply)
    dispute: ClaimKind | None = None
    """The claim of this page whose dispute was reported to the platform, while it lasts."""

    @property
    def is_seated(self) -> bool:
        """Whether the seat has a socket."""
        return self.phase is SeatPhase.SEATED

    @property
    def has_unreported_switch(self) -> bool:
        """Whether the platform does not know yet what the participant has switched."""
        on = self.reported_on
        return on is not None and (on[0] is not self.audio or on[1] is not self.video)

    @property
    def is_held(self) -> bool:
        """Whether someone sits here or was cut off a moment ago. Joining without their token is then a takeover."""
        return self.is_seated or (self.phase is SeatPhase.AWAY and not self.said_goodbye)

    @property
    def sends(self) -> bool:
        """Whether the participant's page says that it sends sound or pictures."""
        return self.phase is not SeatPhase.EMPTY and (self.audio or self.video)

    def belongs_to(self, participant: Participant) -> bool:
        """Tell whether *participant* may have this seat: it belongs to nobody yet, or to them."""
        return not self.address or self.is_throwaway or self.address.lower() == participant.address.lower()

    def is_resumed_by(self, participant: Participant) -> bool:
        """Tell whether *participant* has the resume token of this sitting, and a link for the same person."""
        resume = participant.resume
        return (
            resume is not None
            and resume.epoch == self.epoch
            and resume.address.lower() == participant.address.lower() == self.address.lower()
        )

    def is_continued_by(self, participant: Participant) -> bool:
        """Tell whether the page that sits here, or did a moment ago, comes back on another socket.

        Then its sitting goes on, even after a goodbye: the page was not closed, and the peer keeps its connection to
        it. Otherwise a page that says goodbye between two pings, again and again, would never be billed.
        """
        if self.phase is SeatPhase.EMPTY:
            return False
        if (
            self.is_resumed_by(participant)
            and participant.resume is not None
            and participant.resume.page == participant.page
        ):
            return True
        is_same_person = bool(self.address) and self.address.lower() == participant.address.lower()
        return is_same_person and self.page == participant.page

    def sit(self, conn: int, participant: Participant, now_ms: int) -> None:
        """Seat *participant* on a new socket, which has had no ping yet."""
        self.phase, self.conn, self.page, self.heard_ms = SeatPhase.SEATED, conn, participant.page, now_ms
        self._take_signs(participant)
        self.reported_on = self.reported_on or (participant.audio, participant.video)
        self.said_goodbye = False
        self.name = participant.name
        self.lateness.begin_socket(self.asked_ms[0] if self.asked_ms else None)
        self.asked_ms.clear()

    def begin(self, participant: Participant, now_ms: int) -> None:
        """Begin a sitting of *participant*, and forget what the page before it said."""
        self.epoch += 1
        self.address, self.is_throwaway = participant.address, participant.is_throwaway
        self.name = participant.name
        self.flow, self.reports = Flow(), FlowReports()
        self.witness, self.lateness = Witness(), Lateness()
        self.proof_ms, self.reported_on = now_ms, None
        self.dispute = None

    def lose(self, now_ms: int, *, said_goodbye: bool) -> None:
        """Note that the socket is gone, and keep the seat for a moment."""
        self.phase, self.conn, self.away_since_ms, self.said_goodbye = (
            SeatPhase.AWAY,
            None,
            now_ms,
            said_goodbye,
        )

    def vacate(self) -> None:
        """Empty the seat."""
        self.phase, self.conn = SeatPhase.EMPTY, None

    def send(self, *frames: ServerFrame) -> list[Effect]:
        """Put *frames* on the socket, if there is one."""
        return [] if self.conn is None else [Send(self.conn, frame) for frame in frames]

    def renew_ice(self, offer_ice: Callable[[Role, int], IceOffer], now_ms: int) -> list[Effect]:
        """Send newer ICE servers before the credentials of the others expire, if the seat has a socket."""
        renew_ms = self.ice.given.renew_ms
        if renew_ms is None or now_ms < renew_ms or not self.is_seated:
            return []
        return self.send(*self.ice.renew(lambda: offer_ice(self.role, now_ms), now_ms))

    def close(self, code: int, reason: str) -> list[Effect]:
        """Close the socket, if there is one."""
        return [] if self.conn is None else [Close(self.conn, code, reason)]

    def close_left(self) -> list[Effect]:
        """Close the socket that the page has moved from, if it has not left it yet."""
        left, self.left_conn = self.left_conn, None
        return [] if left is None else [Close(left, CloseCode.RESTARTS, "moved")]

    def ask(self, now_ms: int) -> list[Effect]:
        """Ping the socket, if there is one and it does not have too many open pings."""
        if not self.is_seated or len(self.asked_ms) >= PINGS_OPEN_MAX:
            return []
        self.asked_ms.append(now_ms)
        return self.send(Ping(server_time=now_ms))

    def receive_answer(self, now_ms: int, echo_ms: int | None = None) -> None:
        """Take the answer to the ping sent at *echo_ms*, which proves that time; for an unknown ping it proves nothing.

        An answer without *echo_ms* is for the oldest open ping. A socket keeps the order of its frames, so no answer
        to an earlier ping can come any more, and those pings are closed: a page that skips a ping is not late for ever.
        """
        if echo_ms is not None and echo_ms not in self.asked_ms:
            return
        while self.asked_ms:
            asked_ms = self.asked_ms.pop(0)
            if echo_ms is None or asked_ms == echo_ms:
                self.proof_ms = max(self.proof_ms, asked_ms)
                self.lateness.note_answer(now_ms - asked_ms)
                return

    def set_status(self, frame: SetStatus | Heartbeat) -> bool:
        """Take what the participant has switched on; tell whether anything changed."""
        before = self._signs
        self._take_signs(frame)
        return self._signs != before

    def may_react(self, now_ms: int) -> bool:
        """Tell whether the seat may react again, and note the time if so."""
        if now_ms - self.reacted_ms < REACTIONS_EVERY_MS:
            return False
        self.reacted_ms = now_ms
        return True

    def as_peer(self) -> Peer:
        """Return the participant as their peer sees them."""
        return Peer(
            role=self.role,
            page=self.page,
            address=self.address,
            name=self.name,
            audio=self.audio,
            video=self.video,
            hand=self.hand,
            screen=self.screen,
            video_paused=self.video_paused,
            network=self.network,
        )

    def as_status(self) -> UserStatus:
        """Return what the participant has switched on, as their peer sees it."""
        return UserStatus(
            role=self.role,
            audio=self.audio,
            video=self.video,
            hand=self.hand,
            screen=self.screen,
            video_paused=self.video_paused,
            network=self.network,
        )

    @property
    def _signs(self) -> tuple[bool | str, ...]:
        return self.audio, self.video, self.hand, self.screen, self.video_paused, self.network

    def _take_signs(self, said: Participant | SetStatus | Heartbeat) -> None:
        self.audio, self.video = said.audio, said.video
        self.hand, self.screen, self.video_paused = said.hand, said.screen, said.video_paused
        self.network = said.network


def restore_seat(role: Role, snapshot: SeatSnapshot, rules: RoomRules, now_ms: int) -> Seat:
    """Make a seat from the ledger. A taken seat is kept as after a drop, so that its page can come back."""
    return Seat(
        role=role,
        phase=SeatPhase.AWAY if snapshot.is_taken else SeatPhase.EMPTY,
        address=snapshot.address,
        is_throwaway=snapshot.is_throwaway,
        epoch=snapshot.epoch,
        proof_ms=snapshot.proof_ms,
        flow=Flow(grew_ms=0 if snapshot.has_starved else None, needs_growth=snapshot.has_been_silent),
        reports=FlowReports(ReportedMedia.STOPPED) if snapshot.has_starved else FlowReports(),
        away_since_ms=now_ms + rules.restore_ms - rules.seat_kept_ms,
        dispute=snapshot.dispute,
    )


def find_across(seats: Mapping[Role, Seat], conn: int, page: str, now_ms: int) -> int | None:
    """Return the socket of *page*, if it sits across from *conn*, which is heard now.

    A frame for a page that is gone would only confuse the new page.
    """
    seat, across = seats.values()
    if seat.conn != conn:
        seat, across = across, seat
        if seat.conn != conn:
            return None
    seat.heard_ms = now_ms
    return across.conn if across.page == page else None
