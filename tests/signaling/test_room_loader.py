"""A room is loaded from the backend's snapshot: pages that join see its bill, its question and its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from langdao_video.access.tokens import Tokens
from langdao_video.session.commands import Amount, End, ShowBill, Warn
from langdao_video.session.events import PublicEvent
from langdao_video.session.links import Link
from langdao_video.session.resume import Resume
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import SeatSnapshot, SessionSnapshot
from langdao_video.signaling import messages as wire
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.room_loader import RoomLoader
from langdao_video.signaling.seats import Participant
from tests.signaling.play import ADDRESSES, RULES, START_MS, Done

TOKENS: Final = Tokens(["k" * 32])
SESSION: Final = SessionSnapshot(
    id="s-1",
    start_ms=START_MS,
    language="es",
    seats={"student": SeatSnapshot(address=ADDRESSES["student"], epoch=3), "tutor": SeatSnapshot()},
    bill=ShowBill(
        state="waiting",
        is_running=False,
        reason=None,
        billable_seconds=55,
        cost=Amount(55, "USD", 2),
        rate_per_hour=Amount(3_600, "USD", 2),
        now_ms=START_MS,
        proven_at_ms=None,
        cap_at_ms=None,
        cap_seconds=None,
    ),
)
LINK: Final = Link("s-1", "student", ADDRESSES["student"], "es", None)
STUDENT: Final = Participant(role="student", page="page-of-student", address=ADDRESSES["student"])


@dataclass(slots=True)
class KnowingBackend:
    """Knows one session."""

    session: SessionSnapshot
    asked: list[str] = field(default_factory=list)

    async def open_session(self, link: Link, now_ms: int) -> SessionSnapshot:  # noqa: ARG002 - it knows one session
        self.asked.append("open")
        return self.session

    async def load_preview(self, link: Link, now_ms: int) -> SessionSnapshot:  # noqa: ARG002 - it knows one session
        self.asked.append("preview")
        return self.session

    def take_at_once(self, event: PublicEvent) -> bool:  # noqa: ARG002 - it takes all in their turn
        """Take nothing at once."""
        return False

    async def take_event(self, event: PublicEvent) -> None:
        self.asked.append(event.type)

    async def decide_grace(self, session_id: str, decision: Literal["wait", "end"], decided_by: Role) -> None:
        self.asked.append(f"{session_id} {decision} {decided_by}")


def load(backend: KnowingBackend) -> RoomLoader:
    return RoomLoader(backend, TOKENS, RULES, offer_ice=lambda *_: IceOffer(()))


async def test_a_newcomer_sees_the_bill_and_gets_a_token_for_the_next_sitting() -> None:
    backend = KnowingBackend(SESSION)
    room = await load(backend).open_room(LINK, START_MS)

    done = Done(room.join(1, STUDENT, START_MS))

    welcome = done.only(1, wire.Welcome)
    assert backend.asked == ["open"]
    assert (welcome.epoch, welcome.session.id) == (4, "s-1")
    assert done.only(1, wire.Bill).billable_seconds == 55
    assert TOKENS.receive_resume_token(welcome.resume, "s-1", "student", START_MS) == Resume(
        epoch=4, page="page-of-student", address=ADDRESSES["student"]
    )


async def test_the_open_question_is_shown_to_a_page_that_joins() -> None:
    question = Warn(role="tutor", grace_seconds=30, deadline_ms=START_MS + 30_000)
    room = await load(KnowingBackend(replace(SESSION, warning=question))).open_room(LINK, START_MS)

    done = Done(room.join(1, STUDENT, START_MS))

    assert done.only(1, wire.ConnectionWarning).disconnected_role == "tutor"


async def test_a_preview_of_an_ended_session_shows_the_end() -> None:
    end = End(
        ended_by="tutor",
        reason="ended-by-user",
        total_seconds=60,
        billable_seconds=55,
        cost=Amount(55, "USD", 2),
        ended_at_ms=START_MS + 60_000,
        statement_url=None,
        pauses=0,
    )
    backend = KnowingBackend(replace(SESSION, end=end))

    room = await load(backend).load_preview(LINK, START_MS)

    assert backend.asked == ["preview"]
    assert Done(room.join(1, STUDENT, START_MS)).only(1, wire.EndNotice).billable_seconds == 55
