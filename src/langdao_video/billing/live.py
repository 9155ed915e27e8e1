"""Keeps sessions in memory on this node, and makes their changes: gather, decide, apply, append; one at a time each.

Law 6: an append carries the version on which it was decided. A node that loses the race drops its lesson, reloads it
and decides again. It also drops a lesson whose append failed, so that memory is never ahead of the store for long; and
a lesson whose room another node has owned since.
Law 5: listeners learn of every stored fact, once and in order, even if the store's answer was lost.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from langdao_video.billing.grace import Dated, plan_deadlines
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.presence import ProofKeeper
from langdao_video.billing.records import read_record
from langdao_video.billing.rules import BillRules
from langdao_video.errors import Lapsed, NotFound, NotOwner, VersionConflict
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import Recorded, body_of
from langdao_video.session.roles import Role
from langdao_video.session.state import State
from langdao_video.store.ownership import RoomOwners
from langdao_video.store.port import Deadline, NewEvent, Ownership, Presence, Store, load_stream

SESSIONS_IN_MEMORY_MAX: Final = 20_000
"""More than a node has rooms, so that no lesson that goes on is dropped for one that is over."""
_RACES_MAX: Final = 8
_EVICTION_LOOKS_MAX: Final = 16


@dataclass(slots=True)
class LiveSession:
    """A lesson in memory. It is changed only under *lock*."""

    id: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    lesson: Lesson | None = None
    told: int | None = None
    """The version up to which this node has told its listeners; None before the first load, which tells nothing."""
    deadlines: dict[str, int | None] = field(default_factory=dict)
    users: int = 0
    owner: Ownership | None = None
    """How this node owned the room when the lesson was loaded; None if no other node could."""
    untold: dict[Role, SessionHeartbeat] = field(default_factory=dict)
    """The newest heartbeat of each seat whose proof may not be saved yet, in the order in which they came."""

    def keep_heartbeat(self, heartbeat: SessionHeartbeat) -> None:
        """Keep *heartbeat* to be told, unless a newer one of the seat is kept."""
        role = heartbeat.user_role
        known = self.untold.pop(role, heartbeat)
        self.untold[role] = known if _order(known) > _order(heartbeat) else heartbeat

    def take_heartbeats(self, lesson: Lesson) -> list[SessionHeartbeat]:
        """Return the kept heartbeats, and keep them no longer; drop those of a sitting that is over."""
        kept = [*self.untold.values()]
        self.untold.clear()
        return [heartbeat for heartbeat in kept if _is_current(lesson, heartbeat)]


def _order(heartbeat: SessionHeartbeat) -> tuple[int, int]:
    return heartbeat.epoch or 0, heartbeat.timestamp


def _is_current(lesson: Lesson, heartbeat: SessionHeartbeat) -> bool:
    """Tell whether the sitting of *heartbeat* goes on."""
    seat = lesson.seats[heartbeat.user_role]
    return lesson.ended is None and seat.is_taken and heartbeat.epoch in {None, seat.epoch}


Decide = Callable[[Lesson], Sequence[Dated]]
Tell = Callable[[Lesson, Sequence[Recorded]], None]


class LiveSessions:
    """Load lessons, keep the newest in memory, append what was decided, and *tell* what was stored."""

    def __init__(
        self,
        store: Store,
        rules: BillRules,
        make_id: Callable[[], str],
        tell: Tell,
        proofs: ProofKeeper,
        owners: RoomOwners | None = None,
    ) -> None:
        """Begin with no session. *owners* says which rooms this node owns; None: there is no other node."""
        self._store = store
        self._owners = owners
        self._proofs = proofs
        self._rules = rules
        self._make_id = make_id
        self._tell = tell
        self._sessions: OrderedDict[str, LiveSession] = OrderedDict()
        self._in_doubt: dict[str, None] = {}

    @property
    def in_doubt(self) -> list[str]:
        """The sessions with perhaps more stored than told, the oldest first. Loading one of them settles the doubt."""
        return list(self._in_doubt)

    def count_states(self) -> Counter[State]:
        """Count the sessions in memory that have not ended, by their state. It looks at each of them."""
        lessons = (session.lesson for session in self._sessions.values())
        states = (lesson.state for lesson in lessons if lesson is not None)
        return Counter(state for state in states if state is not State.ENDED)

    @asynccontextmanager
    async def lock(self, session_id: str) -> AsyncIterator[LiveSession]:
        """Lock a session for a change or a consistent read; other callers wait.

        Raises NotOwner if another node decides for it, or nobody can say.
        """
        session = self._sessions.setdefault(session_id, LiveSession(session_id))
        self._sessions.move_to_end(session_id)
        session.users += 1
        try:
            async with session.lock:
                if self._owners is not None:
                    await self._hold(self._owners, session)
                yield session
        finally:
            session.users -= 1
            self._evict()

    def find_free(self, session_id: str) -> LiveSession | None:
        """Return a session whose lesson is in memory and that nobody has locked or waits for; None if it is not so.

        The caller may use it as a locked session until it awaits something. Where there are other nodes, this one must
        still own the room as it did when it read the lesson.
        """
        session = self._sessions.get(session_id)
        if session is None or session.users or session.lesson is None:
            return None
        if self._owners is not None and self._owners.find(session_id) != session.owner:
            return None
        self._sessions.move_to_end(session_id)
        return session

    async def _hold(self, owners: RoomOwners, session: LiveSession) -> None:
        """Own the room of a locked session. What another owner may have changed meanwhile is read anew."""
        try:
            owner = await owners.hold(session.id)
        except Lapsed:
            raise  # perhaps nobody else has claimed it
        except NotOwner:
            self._drop(session)
            raise
        if owner != session.owner:
            self._drop(session)
            session.owner = owner

    def _drop(self, session: LiveSession) -> None:
        """Forget what this node knows of a session that another one may decide for. That one tells what comes."""
        self.forget(session)
        session.owner = None
        session.deadlines = {}
        session.untold.clear()
        self._in_doubt.pop(session.id, None)

    async def load_lesson(self, session: LiveSession) -> Lesson:
        """Return the lesson of a locked session: from memory, or folded from the store; version 0 if it is unknown.

        Facts in the store that were not told yet are told now. They come from another node, or from an append of this
        node whose answer was lost.
        """
        if session.lesson is None:
            # Read before the store is, because a proof may be saved after the store was asked for it.
            unsaved = self._proofs.unsaved(session.id)
            records = await _load_records(self._store, session.id)
            lesson = session.lesson = await _fold_lesson(self._store, session.id, records)
            session.deadlines = {}
            self._in_doubt.pop(session.id, None)
            told = lesson.version if session.told is None else session.told
            self._tell_news(session, lesson, [record for record in records if record.seq > told])
            # Proofs that wait to be saved count all the same, but they are not told yet.
            _note_proofs(lesson, unsaved)
        return session.lesson

    async def append(self, session: LiveSession, decide: Decide, event_id: str | None = None) -> Lesson:
        """Decide and append, and repeat if another writer came between. *event_id* becomes the id of the last fact.

        Raises what *decide* raises; Conflict `event-known` if *event_id* is stored; Unavailable.
        """
        for _ in range(_RACES_MAX):
            lesson = await self.load_lesson(session)
            facts = decide(lesson)
            try:
                records = await self._append_once(session, lesson, facts, event_id)
            except VersionConflict:
                self._doubt(session)
            except NotOwner:
                self._lose(session)
                raise
            except BaseException:
                self._doubt(session)  # applied in memory, but perhaps not stored: only the store knows
                raise
            else:
                self._tell_news(session, lesson, records)
                return lesson
        raise VersionConflict(
            "version-conflict", f"Session {session.id!r} is being changed elsewhere; try again."
        )

    async def _append_once(
        self, session: LiveSession, lesson: Lesson, facts: Sequence[Dated], event_id: str | None
    ) -> list[Recorded]:
        if not facts:
            return []
        version, last = lesson.version, len(facts) - 1
        records = [
            lesson.record(fact, at_ms, event_id if event_id and i == last else self._make_id())
            for i, (at_ms, fact) in enumerate(facts)
        ]
        plan = self._plan(lesson)
        known = session.deadlines.items()
        changed = {kind: due_ms for kind, due_ms in plan.items() if (kind, due_ms) not in known}
        stored = [NewEvent(r.id, r.fact.type, r.at_ms, body_of(r.fact, r.mark)) for r in records]
        await self._store.append_events(session.id, version, stored, deadlines=changed, owner=session.owner)
        session.deadlines = plan
        return records

    def note_proof(self, lesson: Lesson, proof: Presence) -> None:
        """Note a proof of a locked session, once: in memory, and with its heartbeat for the store's next batch."""
        lesson.note_proof(proof.role, proof.proof_ms)
        self._proofs.note(proof)

    async def load_records(self, session: LiveSession) -> list[Recorded]:
        """Return the stored facts of a locked session."""
        return await _load_records(self._store, session.id)

    def _lose(self, session: LiveSession) -> None:
        """Note that the store knows another owner of a locked session's room."""
        owner = session.owner
        self._drop(session)
        if self._owners is not None and owner is not None:
            self._owners.lose(session.id, owner)

    def _doubt(self, session: LiveSession) -> None:
        session.lesson = None
        self._in_doubt[session.id] = None

    def _tell_news(self, session: LiveSession, lesson: Lesson, records: Sequence[Recorded]) -> None:
        session.told = lesson.version
        if records:
            self._tell(lesson, records)

    async def postpone(self, session: LiveSession, now_ms: int) -> None:
        """Move the deadlines of a locked session by its newest proofs; drop *vacant* if it is past."""
        lesson = await self.load_lesson(session)
        plan = self._plan(lesson)
        vacant_ms = plan["vacant"]
        if vacant_ms is not None and vacant_ms <= now_ms:
            plan["vacant"] = None
        session.deadlines = {}  # until the store has answered
        try:
            await self._store.append_events(
                session.id, lesson.version, (), deadlines=plan, owner=session.owner
            )
        except NotOwner:
            self._lose(session)
            raise
        session.deadlines = plan

    async def postpone_together(self, due: Sequence[Deadline], now_ms: int) -> set[str]:
        """Move, in one write, the deadlines of *due* that proofs have moved beyond *now_ms*; return their sessions.

        Only sessions with one deadline due, in memory, and free. The others need a lock, and perhaps a fact.
        """
        alone = Counter(deadline.session_id for deadline in due)
        moves: list[tuple[Deadline, int]] = []
        sessions: list[LiveSession] = []
        for deadline in due:
            session = self.find_free(deadline.session_id) if alone[deadline.session_id] == 1 else None
            to_ms = None if session is None else self._plan_move(session, deadline, now_ms)
            if session is not None and to_ms is not None:
                session.deadlines[deadline.kind] = to_ms
                sessions.append(session)
                moves.append((deadline, to_ms))
        if not moves:
            return set()
        owners = {session.id: session.owner for session in sessions if session.owner is not None}
        try:
            lost = await self._store.postpone(moves, owners)
        except BaseException:
            for session in sessions:
                session.deadlines = {}
            raise
        for session in sessions:
            if session.id in lost and self._owners is not None:
                session.deadlines = {}
                self._owners.lose(session.id, owners[session.id])
        return {session.id for session in sessions} - lost

    def _plan_move(self, session: LiveSession, deadline: Deadline, now_ms: int) -> int | None:
        """Return to when *deadline* moves, if it is as this node knows it and nothing of the session is due."""
        if session.lesson is None or session.deadlines.get(deadline.kind) != deadline.due_ms:
            return None
        plan = self._plan(session.lesson)
        is_due = any(due_ms is not None and due_ms <= now_ms for due_ms in plan.values())
        return None if is_due else plan[deadline.kind]

    def _plan(self, lesson: Lesson) -> dict[str, int | None]:
        return {str(kind): due_ms for kind, due_ms in plan_deadlines(lesson, self._rules).items()}

    async def reload(self, session: LiveSession) -> Lesson:
        """Fold the lesson of a locked session anew from the store."""
        session.lesson = None
        return await self.load_lesson(session)

    def forget(self, session: LiveSession) -> None:
        """Drop a locked session from memory, for example one that is unknown. The next load reads the store."""
        session.lesson = session.told = None

    def _evict(self) -> None:
        """Drop the session that was used longest ago if there are too many: one goes when one has come.

        One that is locked or in doubt stays, and goes to the end of the row, so that no call looks at many.
        """
        for _ in range(_EVICTION_LOOKS_MAX):
            if len(self._sessions) <= SESSIONS_IN_MEMORY_MAX:
                return
            session_id, oldest = next(iter(self._sessions.items()))
            if oldest.users == 0 and session_id not in self._in_doubt:
                del self._sessions[session_id]
                return
            self._sessions.move_to_end(session_id)


def unknown_session(session_id: str) -> NotFound:
    """Return the error for a session that was never made."""
    return NotFound(
        "unknown-session", f"There is no session {session_id[:64]!r}: POST /api/sessions makes one."
    )


async def load_lesson(store: Store, session_id: str) -> Lesson:
    """Fold a session from the store: first its facts, then the newest proof of each seat that is still taken."""
    return await _fold_lesson(store, session_id, await _load_records(store, session_id))


async def load_history(store: Store, session_id: str) -> tuple[Lesson, list[Recorded]]:
    """Fold a session from the store, and return its facts, too."""
    records = await _load_records(store, session_id)
    return await _fold_lesson(store, session_id, records), records


async def _load_records(store: Store, session_id: str) -> list[Recorded]:
    return [read_record(stored) for stored in await load_stream(store, session_id)]


async def _fold_lesson(store: Store, session_id: str, records: Sequence[Recorded]) -> Lesson:
    lesson = Lesson(session_id)
    for record in records:
        lesson.apply(record)
    if lesson.version and lesson.ended is None:
        _note_proofs(lesson, (await store.load_presence(session_id)).values())
    return lesson


def _note_proofs(lesson: Lesson, proofs: Iterable[Presence]) -> None:
    """Move the edges of the seats to the newest proofs of their sittings. No proof counts after the end."""
    for proof in proofs:
        if proof.epoch == lesson.seats[proof.role].epoch and lesson.ended is None:
            lesson.note_proof(proof.role, proof.proof_ms)
