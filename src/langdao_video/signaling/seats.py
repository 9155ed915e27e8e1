"""The two seats of a room: who sits there, since which sitting, and the newest evidence of it. Sans-I/O state.

Law: an answer proves that someone was there when they were asked, not when it arrived: a network may keep a frame
for as long as it likes, and its sender may be gone by then.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from langdao_video.session.claims import ClaimKind
from langdao_video.session.resume import Resume
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import SeatSnapshot
from langdao_video.signaling.effects import Close, Effect, Send
from langdao_video.signaling.evidence import Lateness, Witness
from langdao_video.signaling.flow import Flow, FlowReports, ReportedMedia
from langdao_video.signaling.messages import Heartbeat, Peer, Ping, ServerFrame, SetStatus, UserStatus
from langdao_video.signaling.rules import RoomRules

REACTIONS_EVERY_MS: Final = 200
"""A seat's reactions come no faster; what is between is dropped without a word: it is a sign of the moment."""

ACTIONS_EVERY_MS: Final = 1_000
"""What a seat switches is reported no faster; the other side sees it at once, and what lasts is reported after that."""

PINGS_OPEN_MAX: Final = 64
"""Pings on one socket without an answer; at the bound no more are sent."""


class SeatPhase(StrEnum):
    """What a seat is."""

    EMPTY = "empty"
    SEATED = "seated"
    AWAY = "away"
    """The socket is gone, the seat is kept for a moment: a reload or a short drop is no goodbye."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Someone who may sit down, as far as the link goes; the room decides whether the seat is theirs."""

    role: Role
    page: str
    address: str
    is_throwaway: bool = False
    """Development: the link named no address, so this one cannot be told from anyone."""
    resume: Resume | None = None
    takeover: bool = False
    audio: bool = True
    video: bool = True
    hand: bool = False
    screen: bool = False
    assumed: tuple[str, ...] = ()
    name: str | None = None


@dataclass(slots=True, kw_only=True)
class Seat:
    """One seat. *proof_ms* is the newest evidence of the participant.

    *beat_ms* is their newest public heartbeat; None: the next proof makes one.
    *heard_ms* is when their socket last said anything: it tells a dead socket from a living one, and proves nothing.
    """

    role: Role
    phase: SeatPhase = SeatPhase.EMPTY
    conn: int | None = None
    """The socket of the participant; None while nobody is seated."""
    page: str = ""
    address: str = ""
    name: str | None = None
    is_throwaway: bool = False
    epoch: int = 0
    audio: bool = True
    video: bool = True
    hand: bool = False
    screen: bool = False
    reported_on: tuple[bool, bool] | None = None
    """Microphone and camera as the platform knows them; None before the participant has come."""
    acted_ms: int = 0
    """When a switch was reported last."""
    reacted_ms: int = 0
    proof_ms: int = 0
    heard_ms: int = 0
    asked_ms: deque[int] = field(default_factory=deque)
    """When the pings were sent that this socket has not answered yet, oldest first."""
    beat_ms: int | None = None
    away_since_ms: int = 0
    said_goodbye: bool = False
    flow: Flow = field(default_factory=Flow)
    reports: FlowReports = field(default_factory=FlowReports)
    witness: Witness = field(default_factory=Witness)
    lateness: Lateness = field(default_factory=Lateness)
    dispute: ClaimKind | None = None
    """What this page claims and the other side's evidence does not support, as the platform has heard it."""

    @property
    def is_seated(self) -> bool:
        """Whether there is a socket to talk to."""
        return self.phase is SeatPhase.SEATED

    @property
    def is_held(self) -> bool:
        """Whether someone sits here, or was cut off a moment ago: who comes without their token takes over."""
        return self.is_seated or (self.phase is SeatPhase.AWAY and not self.said_goodbye)

    @property
    def sends(self) -> bool:
        """Whether the participant's page sends sound or pictures, as far as it says."""
        return self.phase is not SeatPhase.EMPTY and (self.audio or self.video)

    def belongs_to(self, participant: Participant) -> bool:
        """Tell whether *participant* may have this seat: it is nobody's yet, or theirs."""
        return not self.address or self.is_throwaway or self.address.lower() == participant.address.lower()

    def is_resumed_by(self, participant: Participant) -> bool:
        """Tell whether *participant* holds the resume token of this very sitting, and a link for the same person."""
        resume = participant.resume
        return (
            resume is not None
            and resume.epoch == self.epoch
            and resume.address.lower() == participant.address.lower() == self.address.lower()
        )

    def is_continued_by(self, participant: Participant) -> bool:
        """Tell whether the very page that sits here, or did a moment ago, comes on another socket.

        Then its sitting goes on, whatever it said: a page that comes back was not closed, and the one across keeps its
        connection with it. Else a page that says goodbye between two pings, again and again, would never be billed.
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
        """Seat *participant* on a socket on which nothing has been asked yet."""
        self.phase, self.conn, self.page, self.heard_ms = SeatPhase.SEATED, conn, participant.page, now_ms
        self.audio, self.video, self.hand, self.screen = (
            participant.audio,
            participant.video,
            participant.hand,
            participant.screen,
        )
        self.reported_on = self.reported_on or (participant.audio, participant.video)
        self.said_goodbye = False
        self.name = participant.name
        self.asked_ms.clear()
        self.lateness = Lateness()

    def begin(self, participant: Participant, now_ms: int) -> None:
        """Begin the sitting of *participant*: of a page before it nothing counts."""
        self.epoch += 1
        self.address, self.is_throwaway = participant.address, participant.is_throwaway
        self.name = participant.name
        self.flow, self.reports, self.witness = Flow(), FlowReports(), Witness()
        self.proof_ms, self.reported_on = now_ms, None
        self.dispute = None

    def lose(self, now_ms: int, *, said_goodbye: bool) -> None:
        """Note that the socket is gone; the seat is kept for a moment."""
        self.phase, self.conn, self.away_since_ms, self.said_goodbye = (
            SeatPhase.AWAY,
            None,
            now_ms,
            said_goodbye,
        )

    def vacate(self) -> None:
        """Keep the seat no longer."""
        self.phase, self.conn = SeatPhase.EMPTY, None

    def send(self, *frames: ServerFrame) -> list[Effect]:
        """Put *frames* on the socket, if there is one."""
        return [] if self.conn is None else [Send(self.conn, frame) for frame in frames]

    def close(self, code: int, reason: str) -> list[Effect]:
        """Close the socket, if there is one."""
        return [] if self.conn is None else [Close(self.conn, code, reason)]

    def ask(self, now_ms: int) -> list[Effect]:
        """Ping the socket, if there is one that keeps up."""
        if not self.is_seated or len(self.asked_ms) >= PINGS_OPEN_MAX:
            return []
        self.asked_ms.append(now_ms)
        return self.send(Ping(server_time=now_ms))

    def receive_answer(self, now_ms: int, echo_ms: int | None = None) -> None:
        """Take the answer to the ping of *echo_ms*: it proves that time. Of an unknown ping, it proves nothing.

        Without an echo it answers the oldest open ping. A socket keeps the order of its frames, so the pings before an
        echoed one have no answer any more: a page that skipped some is not late for ever.
        """
        if echo_ms is not None and echo_ms not in self.asked_ms:
            return
        while self.asked_ms:
            asked_ms = self.asked_ms.popleft()
            if echo_ms is None or asked_ms == echo_ms:
                self.proof_ms = max(self.proof_ms, asked_ms)
                self.lateness.answered_late_ms = now_ms - asked_ms
                return

    def set_status(self, frame: SetStatus | Heartbeat) -> bool:
        """Take what the participant has on; tell whether anything changed."""
        before = self.audio, self.video, self.hand, self.screen
        self.audio, self.video, self.hand, self.screen = after = (
            frame.audio,
            frame.video,
            frame.hand,
            frame.screen,
        )
        return after != before

    def may_react(self, now_ms: int) -> bool:
        """Tell whether the seat's last reaction is long enough ago, and count this one."""
        if now_ms - self.reacted_ms < REACTIONS_EVERY_MS:
            return False
        self.reacted_ms = now_ms
        return True

    def as_peer(self) -> Peer:
        """Show the participant to the one across the table."""
        return Peer(
            role=self.role,
            page=self.page,
            address=self.address,
            name=self.name,
            audio=self.audio,
            video=self.video,
            hand=self.hand,
            screen=self.screen,
        )

    def as_status(self) -> UserStatus:
        """Tell the one across the table what the participant has on."""
        return UserStatus(
            role=self.role, audio=self.audio, video=self.video, hand=self.hand, screen=self.screen
        )


def restore_seat(role: Role, snapshot: SeatSnapshot, rules: RoomRules, now_ms: int) -> Seat:
    """Make a seat from the ledger: one that was taken is kept as after a drop, for the page to come back to."""
    return Seat(
        role=role,
        phase=SeatPhase.AWAY if snapshot.is_taken else SeatPhase.EMPTY,
        address=snapshot.address,
        is_throwaway=snapshot.is_throwaway,
        epoch=snapshot.epoch,
        proof_ms=snapshot.proof_ms,
        flow=Flow(grew_ms=0) if snapshot.has_starved else Flow(),
        reports=FlowReports(ReportedMedia.STOPPED) if snapshot.has_starved else FlowReports(),
        away_since_ms=now_ms + rules.restore_ms - rules.seat_kept_ms,
        dispute=snapshot.dispute,
    )
