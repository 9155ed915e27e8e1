"""Takes the heartbeats of our own rooms at once, and tells them when their proofs are saved.

Almost every heartbeat only moves its seat's edge. Such a one needs no task, no lock and no statement of its own: it is
noted where it comes in, and one task tells all heartbeats whose proofs went to the store together.

Law 5: no listener hears of a heartbeat whose proof is not saved, nor sees time that is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from langdao_video.billing.intake import feed_event
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.live import LiveSession, LiveSessions
from langdao_video.billing.presence import ProofKeeper
from langdao_video.billing.rules import BillRules
from langdao_video.clock import Clock
from langdao_video.errors import LangDAOError
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.roles import Role
from langdao_video.store.port import Presence

log = structlog.get_logger(__name__)

_TOLD_AT_ONCE: Final = 100
"""How many heartbeats are told before others have their turn: some milliseconds of work."""

TellBeat = Callable[[Lesson, SessionHeartbeat], object]
ShowBeat = Callable[[Lesson, SessionHeartbeat], str | None]


def moves_an_edge_only(lesson: Lesson, event: SessionHeartbeat, rules: BillRules) -> bool:
    """Tell whether nothing follows from *event* but that its seat's edge moves to its time: no fact and no refusal.

    It may say no of a heartbeat that moves an edge only, but never yes of another.
    """
    role, at_ms, evidence = event.user_role, event.timestamp, lesson.evidence
    if lesson.ended is not None or lesson.seats[role].lost is not None or evidence is None:
        return False
    walk = evidence.walk(role)
    cap_at_ms = None if lesson.cap is None else lesson.cap_at_ms
    return (
        event.is_media_flowing is not False
        and walk.is_taken
        and event.epoch == walk.sitting
        and at_ms > max(evidence.newest_ms(role), walk.last_ms, evidence.floor_ms)
        and walk.continues(at_ms, rules)
        and (lesson.cap is None or (cap_at_ms is not None and at_ms < cap_at_ms))
    )


class Heartbeats:
    """Take heartbeats, and tell them with *tell*. *show_beat* writes the finished event that is saved with a proof."""

    def __init__(
        self,
        live: LiveSessions,
        proofs: ProofKeeper,
        clock: Clock,
        rules: BillRules,
        *,
        show_beat: ShowBeat,
        tell: TellBeat,
    ) -> None:
        self._live = live
        self._proofs = proofs
        self._clock = clock
        self._rules = rules
        self._show_beat = show_beat
        self._tell = tell
        self._waiting: dict[str, None] = {}
        """The sessions whose heartbeats wait for their batch, in the order in which these came."""
        self._task: asyncio.Task[None] | None = None

    def take(self, event: SessionHeartbeat) -> bool:
        """Take *event* if its session is in memory, nobody has locked it, and only an edge moves; else return False.

        Raises EventRefused as `feed_event` does.
        """
        session = self._live.find_free(event.session_id)
        if session is None or session.lesson is None:
            return False
        lesson = session.lesson
        if not moves_an_edge_only(lesson, event, self._rules):
            return False
        proof = feed_event(lesson, event, self._clock.now_ms(), self._rules).proof
        if proof is None:
            raise RuntimeError(f"a heartbeat of {event.session_id!r} was taken for a proof and is none")
        self.note(session, lesson, event, proof)
        self._waiting[session.id] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tell_saved())
        return True

    def note(
        self,
        session: LiveSession,
        lesson: Lesson,
        event: SessionHeartbeat,
        proof: tuple[Role, int, int] | None,
    ) -> None:
        """Note the proof of a heartbeat (role, epoch, Unix ms), if it is one, and keep the heartbeat to be told."""
        if proof is not None:
            role, epoch, at_ms = proof
            lesson.note_proof(role, at_ms)  # first, so that its event has the figures after it
            beat = self._show_beat(lesson, event)
            self._proofs.note(Presence(session.id, role, epoch, at_ms, beat))
        session.keep_heartbeat(event)

    async def tell(self, session_id: str) -> bool:
        """Tell the session's kept heartbeats when its proofs are saved; return False if the save failed this time.

        After a failure the heartbeats stay, and the next event that brings a proof tells them. If a newer proof is on
        its way by now, its event tells them, so that no listener sees time that is not saved.
        """
        if not await self._proofs.wait_for_save(session_id):
            return False
        await self._tell_locked(session_id)
        return True

    async def _tell_saved(self) -> None:
        """Tell the waiting heartbeats, batch by batch. When the newest of their proofs is saved, all are."""
        while self._waiting:
            waiting, self._waiting = self._waiting, {}
            await self._proofs.wait_for_save(next(reversed(waiting)))
            for number, session_id in enumerate(waiting, start=1):
                try:
                    if session := self._live.find_free(session_id):
                        self._tell_kept(session)
                    else:
                        await self._tell_locked(session_id)
                except LangDAOError as error:  # another node decides by now, or the store is away
                    log.warning("heartbeat-not-told", session=session_id, code=error.code)
                except Exception:
                    log.exception("heartbeat-not-told", session=session_id)
                if number % _TOLD_AT_ONCE == 0:
                    await asyncio.sleep(0)

    async def _tell_locked(self, session_id: str) -> None:
        async with self._live.lock(session_id) as session:
            if session.untold:
                await self._live.load_lesson(session)
                self._tell_kept(session)

    def _tell_kept(self, session: LiveSession) -> None:
        lesson = session.lesson
        if lesson is not None and session.untold and not self._proofs.unsaved(session.id):
            for heartbeat in session.take_heartbeats(lesson):
                self._tell(lesson, heartbeat)
