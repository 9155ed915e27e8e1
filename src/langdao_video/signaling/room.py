"""One room: it seats the participants, relays frames between them, and reports to the platform backend.

`Room` is sans-I/O state: frames, room updates and `now_ms` in, effects out.

Three laws:
- A frame counts for the seat of its socket, whatever role the frame names.
- One side never notices what the other does wrong.
- A seat is lost at its newest proof, which is the newest ping it answered, not when the loss was noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from langdao_video.errors import LangDAOError
from langdao_video.session.roles import ROLES, Role, other
from langdao_video.session.snapshot import KeptLine, SeatSnapshot
from langdao_video.signaling import disputes, room_phase, seat_events
from langdao_video.signaling import messages as wire
from langdao_video.signaling.chat import ChatLog
from langdao_video.signaling.effects import Close, CloseCode, Decide, Effect, Send, refuse
from langdao_video.signaling.evidence import Verdict
from langdao_video.signaling.flow import ReportedMedia
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.last_call import is_answered, report_end
from langdao_video.signaling.liveness import Liveness
from langdao_video.signaling.room_clock import find_due
from langdao_video.signaling.room_phase import EndCause, EndedRoom, EndReported, LastCall, OpenRoom, enter
from langdao_video.signaling.room_updates import RoomUpdate, end_without_bill
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import Participant, Seat, SeatPhase, find_across, restore_seat

JOIN_FIRST: Final = "The first frame is `look` or `join`; nothing counts before it."
MintResume = Callable[[Seat, int], str]
OfferIce = Callable[[Role, int], IceOffer]


class Room:
    """The room of one session."""

    def __init__(
        self,
        info: wire.SessionInfo,
        *,
        seats: Mapping[Role, SeatSnapshot],
        rules: RoomRules,
        mint_resume: MintResume,
        offer_ice: OfferIce,
        now_ms: int,
    ) -> None:
        self.info = info
        self.offer_ice = offer_ice
        self.bill: wire.Bill | None = None
        self._rules = rules
        self._mint_resume = mint_resume
        self._seats: dict[Role, Seat] = {
            role: restore_seat(role, seats[role], rules, now_ms) for role in ROLES
        }
        self.chat = ChatLog()
        self._liveness = Liveness(rules, now_ms + rules.ping_ms)
        self._phase: room_phase.PhaseValue = OpenRoom()
        self._cap_at_ms: int | None = None
        self._warning: wire.ConnectionWarning | None = None
        self._ticked_ms = now_ms
        self.moves = False
        """Whether the pages were told to move to another process. There is more to know there than here."""
        self.is_split = False
        """Whether a page has moved. The other one does not hear it from here."""

    @property
    def is_over(self) -> bool:
        """Whether the end was reported. After it the room reports nothing, and nobody can join."""
        return isinstance(self._phase, room_phase.OVER)

    @property
    def is_empty(self) -> bool:
        """Whether nobody sits here and no seat is kept. The room can then be forgotten: the ledger can restore it."""
        return all(seat.phase is SeatPhase.EMPTY for seat in self._seats.values())

    def has(self, conn: int) -> bool:
        """Tell whether the socket *conn* has a seat here."""
        return self._seat_of(conn) is not None

    def show_seat(self, role: Role) -> wire.Peer | None:
        """Show who sits at the seat of *role*, if anyone does."""
        seat = self._seats[role]
        return seat.as_peer() if seat.is_seated else None

    # ── Taking a seat ────────────────────────────────────────────────────────────────────────────

    def join(self, conn: int, participant: Participant, now_ms: int) -> list[Effect]:
        """Seat *participant*, or refuse: `session-over`, `seat-belongs-to-another`, `seat-open-elsewhere`."""
        if refused := self.refuse(conn, participant):
            return refused
        seat = self._seats[participant.role]
        resumed, goes_on = seat.is_resumed_by(participant), seat.is_continued_by(participant)
        if seat.is_seated and not (resumed or goes_on or participant.takeover):
            text = "You are in this call in another tab or on another device. Join with takeover to move it here."
            return [Send(conn, wire.Error(code="seat-open-elsewhere", message=text))]
        effects = self._take_from_socket(seat, goes_on=goes_on, moves=goes_on and participant.is_moving)
        took_over = not (resumed or goes_on) and seat.is_held
        if not goes_on:
            effects += self._begin_sitting(seat, participant, now_ms, took_over=took_over)
        seat.sit(conn, participant, now_ms)
        return [*effects, *self._greet(seat, participant, now_ms, took_over=took_over)]

    def refuse(self, conn: int, participant: Participant) -> list[Effect]:
        """Refuse *participant* if they can never have this seat; return nothing if they can."""
        if self.is_over:
            return self._show_end(conn)
        seat = self._seats[participant.role]
        if seat.is_resumed_by(participant) or seat.belongs_to(participant):
            return []
        text = f"The {participant.role}'s seat belongs to someone else: open the link that was made for you."
        return refuse(conn, "seat-belongs-to-another", text, CloseCode.SEAT_OF_ANOTHER)

    def _take_from_socket(self, seat: Seat, *, goes_on: bool, moves: bool) -> list[Effect]:
        """Close the socket of a seat that another one takes; leave it to a page that *moves* its own."""
        if seat.conn is None:
            return []
        if moves:
            effects, seat.left_conn = seat.close_left(), seat.conn
            return effects
        if goes_on:  # The last join may have come from a network that its page has left: the socket in use joins again.
            return [Close(seat.conn, CloseCode.RESTARTS, "joined-again")]
        text = "The call goes on in another tab or device."
        return refuse(seat.conn, "moved-elsewhere", text, CloseCode.MOVED)

    def _show_end(self, conn: int) -> list[Effect]:
        if isinstance(self._phase, EndedRoom):
            return [Send(conn, self._phase.notice), Close(conn, CloseCode.ENDED, "session-ended")]
        return refuse(conn, "session-over", "The session has ended.", CloseCode.ENDED)

    def _begin_sitting(
        self, seat: Seat, participant: Participant, now_ms: int, *, took_over: bool
    ) -> list[Effect]:
        effects: list[Effect] = []
        if seat.phase is not SeatPhase.EMPTY:
            effects.append(
                seat_events.report_disconnected(self.info, seat, "reloaded" if seat.said_goodbye else "moved")
            )
        seat.begin(participant, now_ms)
        self._seats[other(seat.role)].flow.awaited_ms = None  # the new page has had no time to send media yet
        return [*effects, seat_events.report_connected(self.info, seat, now_ms, took_over=took_over)]

    def _greet(self, seat: Seat, participant: Participant, now_ms: int, *, took_over: bool) -> list[Effect]:
        across = self._seats[other(seat.role)]
        welcome = wire.Welcome(
            role=seat.role,
            address=seat.address,
            name=seat.name,
            epoch=seat.epoch,
            resume=self._mint_resume(seat, now_ms),
            session=self.info,
            server_time=now_ms,
            ice_servers=seat.ice.take(self.offer_ice(seat.role, now_ms)),
            relay_only=participant.relay_only,
            peer=self.show_seat(across.role),
            chat=self.chat.lines,
            assumed=participant.assumed,
        )
        joined = wire.PeerJoined(peer=seat.as_peer(), timestamp=now_ms, took_over=took_over)
        effects = [*seat.send(welcome), *across.send(joined)]
        if self.bill:
            effects += seat.send(self.bill)
        if self._warning and self._is_asked(seat.role):
            effects += seat.send(self._warning)
        return [*effects, *self._ask_for_heartbeats(now_ms)]

    def _ask_for_heartbeats(self, now_ms: int) -> list[Effect]:
        """Ping both pages at once, because the meter starts at the first heartbeat with both present (R36)."""
        self._liveness.restart(now_ms)
        effects: list[Effect] = []
        for seat in self._seated:
            seat.beat_ms = None
            effects += seat.ask(now_ms)
        return effects

    # ── Frames ───────────────────────────────────────────────────────────────────────────────────

    def receive(self, conn: int, frame: wire.ClientFrame, now_ms: int) -> list[Effect]:
        """Take a frame from a socket. An error goes to that socket alone."""
        seat = self._seat_of(conn)
        if seat is None:
            has_left = isinstance(frame, wire.Moved)  # the page has its seat on another socket by now
            error = Send(conn, wire.Error(code="join-first", message=JOIN_FIRST))
            return [Close(conn, CloseCode.RESTARTS, "moved") if has_left else error]
        seat.heard_ms = now_ms
        if self.is_over:  # the bill may still change, but the room reports nothing any more
            return []
        match frame:
            case wire.Offer() | wire.Answer() | wire.Ice():
                to = self.relay(conn, frame.to, now_ms)
                return [] if to is None else [Send(to, frame)]
            case wire.Heartbeat():
                return self._receive_heartbeat(seat, frame, now_ms)
            case wire.SendChat():
                # The page sends the line again where both are.
                return [] if self.is_split else self.chat.receive(seat, frame, now_ms)
            case wire.SetStatus():
                return self._set_status(seat, frame, now_ms)
            case wire.React():
                return self._receive_reaction(seat, frame, now_ms)
            case wire.DecideGrace():
                return self._receive_decision(conn, seat, frame)
            case wire.EndSession() | wire.Moved():
                is_end = isinstance(frame, wire.EndSession)
                return self._begin_end(seat, now_ms) if is_end else self._hand_over(conn, seat)
            case wire.LobbyJoin() | wire.Join():
                return [
                    Send(conn, wire.Error(code="already-joined", message="This socket has joined already."))
                ]

    def relay(self, conn: int, page: str, now_ms: int) -> int | None:
        """Return the socket to which *conn* may send an offer, an answer or a candidate for *page*."""
        return None if self.is_over else find_across(self._seats, conn, page, now_ms)

    def _receive_heartbeat(self, seat: Seat, frame: wire.Heartbeat, now_ms: int) -> list[Effect]:
        seat.receive_answer(now_ms, frame.server_time)
        seat.witness.note(frame.acks, now_ms, seat.proof_ms)
        effects = self._set_status(seat, frame, now_ms)
        across = self._seats[other(seat.role)]
        is_sure = seat.flow.note(frame.media, peer_sends=across.sends, now_ms=now_ms, asked_ms=seat.proof_ms)
        # Compare the times of the proofs: a page that wakes answers many pings at once, and only the last is news.
        # There are two pings to a heartbeat. A proof may come half a ping early and still be the one that is due.
        apart_ms = self._rules.heartbeat_ms - self._rules.ping_ms // 2
        due = seat.beat_ms is None or seat.proof_ms - seat.beat_ms >= apart_ms
        if is_sure or not disputes.must_grow(self._seats, seat):
            verdict = disputes.may_be_outweighed(seat, across, self._rules, now_ms)
            is_fresh = seat.flow.grew_ms == now_ms
            flows = disputes.media_flows(self._seats, seat, self._rules, now_ms, is_fresh=is_fresh)
            flows = flows or verdict is Verdict.CONTRADICTED
            if flows or verdict is not Verdict.OPEN:  # an open verdict is reported once it is clear
                effects += seat_events.report_proof(
                    self.info, seat, now_ms, flows=flows, due=due, media_ms=self._rules.media_ms
                )
        elif seat.reports.newest is not ReportedMedia.STOPPED:  # a stop means that no media came with it
            seat.reports.unsure_ms = seat.proof_ms
        effects += disputes.review(self.info, self._seats, self._rules, now_ms)
        if isinstance(self._phase, LastCall) and is_answered(self._phase, self._seated):
            effects += self._finish(now_ms)
        return effects

    def note_kept(self, lines: Sequence[KeptLine]) -> list[Effect]:
        """Show both the *lines* that are stored now."""
        return [send for frame in self.chat.keep(lines) for send in self._to_all(frame)]

    def note_not_kept(self, lines: Sequence[KeptLine], error: LangDAOError) -> list[Effect]:
        """Tell the authors of *lines* that these are not stored, for now or for good."""
        told = self.chat.miss(lines, error).items()
        return [send for role, frame in told for send in self._seats[role].send(frame)]

    def _set_status(self, seat: Seat, frame: wire.SetStatus | wire.Heartbeat, now_ms: int) -> list[Effect]:
        across = self._seats[other(seat.role)]
        effects = across.send(seat.as_status()) if seat.set_status(frame) else []
        return [*effects, *seat_events.report_actions(self.info, seat, now_ms)]

    def _receive_reaction(self, seat: Seat, frame: wire.React, now_ms: int) -> list[Effect]:
        reacted = wire.Reacted(role=seat.role, reaction=frame.reaction)
        return self._to_all(reacted) if seat.may_react(now_ms) else []

    def _receive_decision(self, conn: int, seat: Seat, frame: wire.DecideGrace) -> list[Effect]:
        if not self._is_asked(seat.role):
            text = "There is nothing to decide: nobody is missing."
            return [Send(conn, wire.Error(code="no-grace", message=text))]
        return [*seat_events.report_stopped(self.info, seat), Decide(seat.role, frame.decision, conn)]

    # ── Leaving ──────────────────────────────────────────────────────────────────────────────────

    def _begin_end(self, seat: Seat, now_ms: int) -> list[Effect]:
        """Make the last call: ask both pages for a proof of this instant, so that the bill is right to the second."""
        if not isinstance(self._phase, OpenRoom):
            return []
        self._phase = enter(self._phase, EndCause.ASKED, LastCall(seat.role, now_ms))
        if not self._seats[other(seat.role)].is_seated:
            return self._finish(now_ms)
        return [ping for each in self._seats.values() for ping in each.ask(now_ms)]

    def _finish(self, now_ms: int) -> list[Effect]:
        last_call = self._phase
        if not isinstance(last_call, LastCall):
            return []
        reported = EndReported(last_call.by, last_call.at_ms)
        self._phase = enter(last_call, EndCause.ANSWERED, reported)
        return [*report_end(self.info, self._seats, self._rules, last_call, now_ms)]

    def lose(self, conn: int, now_ms: int, *, said_goodbye: bool) -> list[Effect]:
        """Note that a socket is gone. A close frame is a goodbye, but it does not prove when it was sent."""
        seat = self._seat_of(conn)
        if seat is not None:
            seat.lose(now_ms, said_goodbye=said_goodbye)
        return []

    def _hand_over(self, conn: int, seat: Seat) -> list[Effect]:
        """Let go of a seat whose page sits in another process. Its sitting goes on there, so nothing is reported."""
        if not self.moves:
            return []
        self.is_split = True
        proof = [*seat_events.report_newest_proof(self.info, seat)]
        seat.vacate()
        return [*proof, Close(conn, CloseCode.RESTARTS, "moved")]

    def expel(self, conn: int) -> list[Effect]:
        """Empty the seat of a socket at once and for good, because its link is no longer valid."""
        seat = self._seat_of(conn)
        return self._vacate(seat, "link-revoked") if seat else []

    @property
    def due_ms(self) -> int:
        """When `tick` has something to do, unless something happens first, Unix ms."""
        room = self._seats.values(), self._rules, self._liveness, self._phase
        due_ms = find_due(*room, moves=self.moves, ticked_ms=self._ticked_ms)
        return due_ms if self._cap_at_ms is None else min(due_ms, self._cap_at_ms)

    def tick(self, now_ms: int) -> list[Effect]:
        """Do what is due: pings, dead sockets, seats kept long enough, and an end that waited long enough."""
        self._ticked_ms = now_ms
        effects: list[Effect] = []
        phase = self._phase
        if isinstance(phase, LastCall) and now_ms >= phase.at_ms + self._rules.last_call_ms:
            effects += self._finish(now_ms)
        phase = self._phase
        if isinstance(phase, EndReported) and now_ms >= phase.at_ms + self._rules.bill_wait_ms:
            effects += self.update(end_without_bill(self.info, phase.by, phase.at_ms))
        for seat in self._seats.values():
            if seat.phase is not SeatPhase.EMPTY and not self.is_over:
                effects += seat_events.report_actions(self.info, seat, now_ms)
            effects += seat.renew_ice(self.offer_ice, now_ms)
            if seat.is_seated and self._liveness.is_dead(seat.heard_ms, now_ms):
                effects += seat.close(CloseCode.TOO_SLOW, "silent")
                seat.lose(now_ms, said_goodbye=False)
            # A page that lost its socket may be in the other process by now.
            is_given_up = seat.phase is SeatPhase.AWAY and (seat.said_goodbye or not self.moves)
            if is_given_up and now_ms >= seat.away_since_ms + self._rules.seat_kept_ms:
                effects += self._vacate(seat, "connection-closed" if seat.said_goodbye else "connection-lost")
        if not self.is_over:
            effects += disputes.review(self.info, self._seats, self._rules, now_ms)
        if self._cap_at_ms is not None and now_ms >= self._cap_at_ms:
            # Ask for the last proofs, so that the participants get all the prepaid time, to the second.
            self._cap_at_ms = None
            effects += self._ask_for_heartbeats(now_ms)
        if self._liveness.take_due(now_ms):
            for seat in self._seats.values():
                # An unanswered ping may be the first of many, and then no heartbeat carries the newest proof.
                if seat.asked_ms and seat.phase is not SeatPhase.EMPTY and not self.is_over:
                    effects += seat_events.report_newest_proof(self.info, seat)
                effects += seat.close_left()
            effects += [ping for seat in self._seats.values() for ping in seat.ask(now_ms)]
        return effects

    def _vacate(self, seat: Seat, reason: str) -> list[Effect]:
        seat.vacate()
        told = [] if self.is_over else [seat_events.report_disconnected(self.info, seat, reason)]
        left = wire.PeerLeft(role=seat.role, reason=reason, timestamp=seat.proof_ms)
        return [*told, *self._to_all(left)]

    # ── From the platform backend ────────────────────────────────────────────────────────────────

    def update(self, frame: RoomUpdate) -> list[Effect]:
        """Show both what the backend decided, and remember what a later page must know."""
        match frame:
            case wire.Bill():
                self.bill, self._cap_at_ms = frame, frame.cap_at
                return self._to_all(frame)
            case wire.LowBalance():
                return self._to_all(frame)
            case wire.ConnectionWarning():
                self._warning = frame
                return [
                    send for seat in self._seated if self._is_asked(seat.role) for send in seat.send(frame)
                ]
            case wire.WarningResolved():
                warning, self._warning = self._warning, None
                return self._to_all(frame) if warning else []
            case wire.EndNotice():
                self._phase = enter(self._phase, EndCause.TOLD, EndedRoom(frame))
                effects = self._to_all(frame)
                for seat in self._seats.values():
                    effects += seat.close(CloseCode.ENDED, "session-ended")
                    seat.vacate()
                return effects

    # ── Look-ups ─────────────────────────────────────────────────────────────────────────────────

    @property
    def _seated(self) -> list[Seat]:
        return [seat for seat in self._seats.values() if seat.is_seated]

    def _seat_of(self, conn: int) -> Seat | None:
        return next((seat for seat in self._seats.values() if seat.conn == conn), None)

    def _to_all(self, frame: wire.ServerFrame) -> list[Effect]:
        return [send for seat in self._seated for send in seat.send(frame)]

    def _is_asked(self, role: Role) -> bool:
        """Tell whether *role* may answer the open question. Both may where both pages agree that media stopped."""
        warning = self._warning
        return warning is not None and (warning.disconnected_role != role or warning.cause == "media")
