"""The platform backend's use cases: make sessions, take events, take answers to questions, act on deadlines.

Gather → decide (pure) → append → tell. Listeners learn of a fact only after it is stored, and of a heartbeat only after
its proof is (law 5). They learn of facts in their order, and of no heartbeat after the end of its sitting. They must
not block.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

import structlog

from langdao_video.billing.commands import decide_command
from langdao_video.billing.corrections import decide_correction, is_correction
from langdao_video.billing.grace import Dated, decide_due, decide_grace
from langdao_video.billing.heartbeats import Heartbeats
from langdao_video.billing.intake import Idle, Intake, check_plausible, feed_event
from langdao_video.billing.invitations import decide_acceptance
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.live import LiveSession, LiveSessions, unknown_session
from langdao_video.billing.money import Rate
from langdao_video.billing.new_session import NewSession, assume_session
from langdao_video.billing.presence import PresenceWriter, ProofKeeper
from langdao_video.billing.proofs import read_proofs
from langdao_video.billing.quota import Cap, cap_ms, check_cap_change
from langdao_video.billing.rules import BillRules
from langdao_video.billing.tally import ProofTally
from langdao_video.clock import Clock
from langdao_video.errors import Conflict, EventRefused, NotOwner, Unavailable
from langdao_video.session.commands import End, PlatformCommand
from langdao_video.session.events import PublicEvent, SessionEnded, SessionHeartbeat, UserConnected
from langdao_video.session.facts import CapChanged, Decider, Recorded
from langdao_video.session.state import State
from langdao_video.store.ownership import RoomOwners
from langdao_video.store.port import Deadline, Presence, Store

log = structlog.get_logger(__name__)
_DUE_STEPS_MAX = 8
_PROOFS_AT_ONCE: Final = 25
"""How many proofs of one event are read before others have their turn: some milliseconds of work."""
SETTLE_MS: Final = 15_000
"""How long after a failed write no deadline is acted on: a waiting heartbeat is tried every 5 s, and the next one comes
within ten."""
_CORRECTIONS: Final = uuid.UUID("5d0c1f6e-3b57-4e0f-9a56-7f5f2f0c9d11")
"""The namespace in which a session and an Idempotency-Key become an event id (RFC 9562 §5.5)."""


class Listener(Protocol):
    """Take each change of a session: the facts just stored, or a heartbeat that made none. It must not block."""

    def __call__(
        self, lesson: Lesson, records: Sequence[Recorded], heartbeat: SessionHeartbeat | None
    ) -> None:
        """Take one change after it was stored."""
        ...


@dataclass(slots=True)
class SessionService:
    """Make every change of a session."""

    store: Store
    clock: Clock
    rules: BillRules
    default_rate: Rate
    opens_unknown: bool = False
    """In development, a `user-connected` for an unknown session makes the session, at the default rate."""
    make_id: Callable[[], str] = lambda: uuid.uuid4().hex
    listeners: list[Listener] = field(default_factory=list)
    render_beat: Callable[[Lesson, SessionHeartbeat], str | None] = lambda _lesson, _heartbeat: None
    """Shows a heartbeat as its finished public event, to be saved with the proof; None if nobody gets heartbeats."""
    proofs: ProofKeeper | None = None
    """Where the newest proofs go; by default into the store, in batches."""
    proof_tally: ProofTally = field(default_factory=ProofTally)
    """What that writer counts."""
    owners: RoomOwners | None = None
    """Which rooms this node owns; None if no other node shares the store."""
    _live: LiveSessions = field(init=False)
    _proofs: ProofKeeper = field(init=False)
    _heartbeats: Heartbeats = field(init=False)
    _failed_ms: int | None = field(init=False, default=None)
    """When a write last failed, Unix ms; None if none has."""

    def __post_init__(self) -> None:
        self._proofs = self.proofs or PresenceWriter(self.store, self.owners, self.proof_tally)
        self._live = LiveSessions(
            self.store,
            self.rules,
            self.make_id,
            lambda lesson, records: self._tell(lesson, records, None),
            self._proofs,
            self.owners,
        )
        self._heartbeats = Heartbeats(
            self._live,
            self._proofs,
            self.clock,
            self.rules,
            show_beat=self._show_beat,
            tell=lambda lesson, heartbeat: self._tell(lesson, (), heartbeat),
        )

    async def create_session(self, new: NewSession) -> Lesson:
        """Make a session; if the id is known, return that session unchanged."""
        fact = new.write_fact()
        now_ms = self.clock.now_ms()
        async with self._live.lock(new.id) as session:
            return await self._live.append(session, lambda lesson: [] if lesson.version else [(now_ms, fact)])

    async def accept_tutor(self, session_id: str, tutor_address: str | None) -> Lesson:
        """Note that the tutor accepted. Raises NotFound, Conflict `session-over` or `tutor-known`."""
        now_ms = self.clock.now_ms()

        def decide(lesson: Lesson) -> Sequence[Dated]:
            accepted = decide_acceptance(lesson, tutor_address)
            return [] if accepted is None else [(now_ms, accepted)]

        async with self._live.lock(session_id) as session:
            await self._load_known(session)
            return await self._live.append(session, decide)

    async def change_cap(self, session_id: str, cap: Cap | None) -> Lesson:
        """Set, raise or lift the cap (None). Raises NotFound, Conflict `session-over` or `cap-too-low`."""
        now_ms = self.clock.now_ms()
        fact = CapChanged(cap_seconds=cap.seconds if cap else None, cap_minor=cap.minor if cap else None)

        def decide(lesson: Lesson) -> Sequence[Dated]:
            if lesson.state is State.ENDED:
                raise Conflict("session-over", "The session has ended; its bill is final.")
            if cap == lesson.cap:  # a request that is sent again must not bring its notices again
                return []
            check_cap_change(cap_ms(cap, lesson.rate), lesson.billable_ms)
            return [(now_ms, fact)]

        async with self._live.lock(session_id) as session:
            await self._load_known(session)
            return await self._live.append(session, decide)

    async def correct_bill(self, session_id: str, minor: int, reason: str, key: str | None = None) -> Lesson:
        """Add a correction to a final bill. A correction whose *key* was taken already is not added again.

        Raises NotFound, Conflict (see `decide_correction`), EventRefused `key-reused`.
        """
        now_ms = self.clock.now_ms()
        event_id = None if key is None else uuid.uuid5(_CORRECTIONS, f"{session_id}\n{key}").hex

        def decide(lesson: Lesson) -> Sequence[Dated]:
            return [(now_ms, decide_correction(lesson, minor, reason))]

        async with self._live.lock(session_id) as session:
            await self._load_known(session)
            try:
                return await self._live.append(session, decide, event_id)
            except Conflict:  # a repeat may also raise `below-zero`, because the first try changed the bill
                records = await self._live.load_records(session)
                known = next((record.fact for record in records if record.id == event_id), None)
                if known is None:
                    raise
                if not is_correction(known, minor, reason):
                    raise EventRefused(
                        "key-reused", "This Idempotency-Key came with another correction; make a new key."
                    ) from None
                return await self._load_known(session)

    async def take_event(self, event: PublicEvent, *, is_from_elsewhere: bool = False) -> Idle | None:
        """Take an event of the public contract; if nothing follows from it, return why: sent twice, or overtaken.

        *is_from_elsewhere*: it comes from another process, whose earlier events may still be on their way.
        Raises NotFound `unknown-session`, EventRefused (see billing.intake), Unavailable.
        """
        check_plausible(event.timestamp, self.clock.now_ms())
        is_new = isinstance(event, UserConnected) and self._live.find_free(event.session_id) is None
        if self.opens_unknown and isinstance(event, UserConnected) and is_new:
            await self.create_session(assume_session(event, self.default_rate))
        if is_from_elsewhere and event.proven:
            lesson = await self.load(event.session_id)
            for i, proof in enumerate(() if lesson.is_final else read_proofs(lesson, event), start=1):
                if i % _PROOFS_AT_ONCE == 0:
                    await asyncio.sleep(0)  # hours of proofs must not hold up the calls of this process
                with suppress(EventRefused):  # as if it had come by itself, too late
                    await self._take_event(proof, is_from_elsewhere=True)
        idle = await self._take_event(event, is_from_elsewhere=is_from_elsewhere)
        if event.proven or isinstance(event, UserConnected | SessionHeartbeat):  # these carry proofs
            is_saved = await self._heartbeats.tell(event.session_id)
            if is_from_elsewhere and not is_saved:
                # A success would end the sender's tries, and a crash would then lose the proof. Our own room need not
                # send again: as long as it lives, the proof does.
                raise Unavailable("store-unavailable", "The event is not saved yet; try again.")
        return idle

    def take_heartbeat(self, event: SessionHeartbeat) -> bool:
        """Take a heartbeat of our own room at once, if only its seat's edge moves; else return False: `take_event` it.

        Its listeners hear of it when its proof is saved. Raises EventRefused (see billing.intake).
        """
        return self._heartbeats.take(event)

    async def _take_event(self, event: PublicEvent, *, is_from_elsewhere: bool) -> Idle | None:
        """Store and tell the facts that follow from *event*; note its proof and keep the heartbeat to be told."""
        now_ms = self.clock.now_ms()
        intake = Intake()

        def decide(lesson: Lesson) -> Sequence[Dated]:
            nonlocal intake
            intake = feed_event(lesson, event, now_ms, self.rules, is_from_elsewhere=is_from_elsewhere)
            return intake.facts

        async with self._live.lock(event.session_id) as session:
            lesson = await self._load_known(session)
            if isinstance(event, SessionEnded) and event.timestamp < lesson.meter.floor_ms:
                await self._unsettle(session)
            try:
                lesson = await self._live.append(session, decide, event.id)
            except NotOwner:
                raise  # nothing failed: another node decides
            except Unavailable:
                self._failed_ms = now_ms
                raise
            except Conflict as conflict:
                if conflict.code != "event-known":
                    raise
                return "event-known"
            proof = intake.proof
            if isinstance(event, SessionHeartbeat):
                if proof is None and intake.idle is None:
                    # It proves nothing, but platforms get it all the same (R22): beside the newest proof of its seat.
                    edge_ms = max(0, lesson.meter.edge_ms(event.user_role))
                    proof = event.user_role, lesson.seats[event.user_role].epoch, edge_ms
                self._heartbeats.note(session, lesson, event, proof)
                if lesson.cap_ms is not None and lesson.billable_ms >= lesson.cap_ms:
                    # This waits for no proof: the mark of a fact stores the edges on which it was decided.
                    await self._live.append(session, lambda lesson: decide_due(lesson, now_ms, self.rules))
            elif proof is not None:
                self._live.note_proof(lesson, Presence(session.id, *proof))
            return intake.idle

    async def decide_grace(
        self, session_id: str, decision: Literal["wait", "end"], decided_by: Decider
    ) -> Lesson:
        """Take the answer to a question (R40). Raises NotFound, Conflict `no-grace`, `not-here` or `not-asked`."""
        now_ms = self.clock.now_ms()
        async with self._live.lock(session_id) as session:
            await self._load_known(session)
            return await self._live.append(
                session, lambda lesson: decide_grace(lesson, decision, decided_by, now_ms)
            )

    async def obey(self, session_id: str, command: PlatformCommand, event_id: str | None = None) -> Lesson:
        """Carry out the command of a platform in another process; a command whose *event_id* is stored is not repeated.

        Raises NotFound `unknown-session`, Unavailable.
        """
        now_ms = self.clock.now_ms()
        async with self._live.lock(session_id) as session:
            lesson = await self._load_known(session)
            if isinstance(command, End) and command.ended_at_ms < lesson.meter.floor_ms:
                await self._unsettle(session)
            try:
                return await self._live.append(
                    session, lambda lesson: decide_command(lesson, command, now_ms, self.rules), event_id
                )
            except Conflict as conflict:
                if conflict.code != "event-known":
                    raise
                return await self._load_known(session)

    def count_states(self) -> Counter[State]:
        """Count the sessions in memory that have not ended, by their state."""
        return self._live.count_states()

    def is_settling(self) -> bool:
        """Tell whether a write failed lately. Then proofs may still wait, and no seat may be found silent yet."""
        return self._failed_ms is not None and self.clock.now_ms() - self._failed_ms < SETTLE_MS

    async def act_on_due(self, session_id: str) -> None:
        """Act on the session's deadlines until none is due, then move the deadlines on.

        Do nothing while writes fail and for a while after, so that waiting proofs are taken first.
        """
        try:
            await self._act_on_due(session_id)
        except NotOwner:
            return  # its owner acts
        except Unavailable:
            self._failed_ms = self.clock.now_ms()
            raise

    async def postpone(self, due: Sequence[Deadline]) -> set[str]:
        """Move those of the deadlines *due* that proofs have moved, all in one write; return their sessions.

        Almost every deadline that is due is the silence of a seat that has sent heartbeats since. Raises Unavailable.
        """
        if self.is_settling():
            return set()
        try:
            return await self._live.postpone_together(due, self.clock.now_ms())
        except Unavailable:
            self._failed_ms = self.clock.now_ms()
            raise

    async def _act_on_due(self, session_id: str) -> None:
        async with self._live.lock(session_id) as session:
            now_ms = self.clock.now_ms()
            if self.is_settling():
                await self._live.load_lesson(session)  # this still tells what is stored and was not told
                return
            for _ in range(_DUE_STEPS_MAX):
                before = (await self._live.load_lesson(session)).version
                lesson = await self._live.append(
                    session, lambda lesson: decide_due(lesson, now_ms, self.rules)
                )
                if lesson.version == before:
                    break
            await self._live.postpone(session, now_ms)

    async def load_due(self, limit: int) -> list[Deadline]:
        """Return at most *limit* deadlines that are due and that this node may act on, the longest overdue first."""
        now_ms = self.clock.now_ms()
        if self.owners is None:
            return await self.store.load_due(now_ms, limit)
        return await self.owners.claim_due(now_ms, limit)

    @property
    def in_doubt(self) -> list[str]:
        """The sessions whose newest append had no answer. `act_on_due` reloads them and tells what is stored."""
        return self._live.in_doubt

    async def load(self, session_id: str) -> Lesson:
        """Return a session as it stands; read it at once and do not keep it. Raises NotFound `unknown-session`."""
        async with self._live.lock(session_id) as session:
            return await self._load_known(session)

    async def load_history(self, session_id: str) -> tuple[Lesson, list[Recorded]]:
        """Return a session and its facts, both of one moment; as with `load`, read them at once.

        The session is locked meanwhile: a lesson that is ahead of these facts would make another statement.
        """
        async with self._live.lock(session_id) as session:
            lesson = await self._load_known(session)
            records = await self._live.load_records(session)
            return lesson, [record for record in records if record.seq <= lesson.version]

    async def save_presence(self) -> None:
        """Wait until each noted proof is saved, or its save has failed this time."""
        await self._proofs.flush()

    async def _unsettle(self, session: LiveSession) -> None:
        """Fold all spans of a locked session anew: those after an end in the past were settled and forgotten."""
        await self._proofs.flush()
        await self._live.reload(session)

    async def _load_known(self, session: LiveSession) -> Lesson:
        lesson = await self._live.load_lesson(session)
        if lesson.version == 0:
            self._live.forget(session)
            raise unknown_session(session.id)
        return lesson

    def _show_beat(self, lesson: Lesson, heartbeat: SessionHeartbeat) -> str | None:
        return self.render_beat(lesson, heartbeat)

    def _tell(self, lesson: Lesson, records: Sequence[Recorded], heartbeat: SessionHeartbeat | None) -> None:
        for record in records:
            log.info(record.fact.type, session=lesson.id, seq=record.seq, state=lesson.state.value)
        for listener in self.listeners:
            listener(lesson, records, heartbeat)
