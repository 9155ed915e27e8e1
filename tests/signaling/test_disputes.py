"""When a claim becomes a dispute, who claims it, what each side claims, and when it is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from langdao_video.session.claims import DisputeRule
from langdao_video.session.events import Dispute
from langdao_video.session.roles import ROLES, Role, other
from langdao_video.signaling.counters import Acks, MediaFlow
from langdao_video.signaling.disputes import judge_media, may_be_outweighed, review
from langdao_video.signaling.evidence import Verdict
from langdao_video.signaling.messages import SessionInfo
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import Seat, SeatPhase
from tests.signaling.play import START_MS

INFO = SessionInfo(id="session-abc123", start=START_MS, language="es")
RULES = RoomRules()
PING_MS = RULES.ping_ms


class Table:
    """Two seats whose pages report their counters every five seconds. A test sets the counters."""

    def __init__(self) -> None:
        self.now_ms = START_MS
        self.seats: Mapping[Role, Seat] = {
            role: Seat(role=role, phase=SeatPhase.SEATED, epoch=1, proof_ms=START_MS, heard_ms=START_MS)
            for role in ROLES
        }
        self.receives: dict[Role, bool] = dict.fromkeys(ROLES, True)
        self.is_confirmed: dict[Role, bool | None] = dict.fromkeys(ROLES, True)
        """Whether the other browser confirms what this one sends. None if this browser does not count that."""
        self._arrived: dict[Role, int] = dict.fromkeys(ROLES, 0)
        self._confirmed: dict[Role, int] = dict.fromkeys(ROLES, 0)
        self.told: list[Dispute] = []

    def wait(self, seconds: int) -> None:
        """Let both pages answer every five seconds, and review the seats each time."""
        for _ in range(0, seconds * 1_000, PING_MS):
            self.now_ms += PING_MS
            for role in ROLES:
                self._beat(role)
            self.look()

    def look(self) -> None:
        """Review both seats now."""
        effects = review(INFO, self.seats, RULES, self.now_ms)
        self.told += [effect.event for effect in effects if isinstance(effect.event, Dispute)]

    def _beat(self, role: Role) -> None:
        seat, is_confirmed = self.seats[role], self.is_confirmed[role]
        self._arrived[role] += 100 * self.receives[role]
        self._confirmed[role] += bool(is_confirmed)
        count, confirmed = self._arrived[role], self._confirmed[role]
        media = MediaFlow(audio_packets=count, video_frames=count, bytes=count)
        seat.flow.note(media, peer_sends=self.seats[other(role)].sends, now_ms=self.now_ms)
        acks = None if is_confirmed is None else Acks(audio=confirmed, video=confirmed)
        seat.witness.note(acks, self.now_ms, self.now_ms)
        seat.proof_ms = seat.heard_ms = self.now_ms

    def judge(self, claimant: Role) -> Verdict | None:
        """Judge the claim of *claimant* now."""
        return judge_media(self.seats[claimant], self.seats[other(claimant)], RULES, self.now_ms)

    def in_short(self) -> list[tuple[Role, str, str, bool]]:
        """Return the disputes that the platform got: the role, its claim, the other's claim, and whether it is open."""
        return [
            (
                event.user_role,
                getattr(event.claims, event.user_role),
                getattr(event.claims, other(event.user_role)),
                event.is_open,
            )
            for event in self.told
        ]


@pytest.fixture
def table() -> Table:
    made = Table()
    made.wait(20)
    return made


def test_two_pages_that_receive_claim_nothing(table: Table) -> None:
    table.wait(60)

    assert table.told == []
    assert [table.judge(role) for role in ROLES] == [None, None]


@pytest.mark.parametrize("liar", ROLES)
@pytest.mark.parametrize(("is_confirmed", "says"), [(True, "is-received"), (None, "sends")])
def test_a_claim_that_the_evidence_does_not_support_is_a_dispute_until_it_is_over(
    table: Table, liar: Role, says: str, *, is_confirmed: bool | None
) -> None:
    table.is_confirmed[other(liar)] = is_confirmed
    table.wait(20)

    table.receives[liar] = False
    table.wait(40)
    assert table.in_short() == [(liar, "nothing-arrives", says, True)]
    table.receives[liar] = True
    table.wait(5)

    assert [(role, is_open) for role, _, _, is_open in table.in_short()] == [(liar, True), (liar, False)]


def stop_confirming(table: Table) -> None:
    table.is_confirmed["tutor"] = False


def starve_both(table: Table) -> None:
    table.receives = dict.fromkeys(ROLES, False)
    table.is_confirmed = dict.fromkeys(ROLES, None)


def mute_the_tutor(table: Table) -> None:
    table.seats["tutor"].audio = table.seats["tutor"].video = False


@pytest.mark.parametrize("agree", [stop_confirming, starve_both, mute_the_tutor])
def test_a_claim_that_both_sides_support_is_no_dispute(table: Table, agree: Callable[[Table], None]) -> None:
    agree(table)
    table.receives["student"] = False

    table.wait(40)

    assert table.told == []


def test_a_dispute_lasts_as_long_as_its_claim_even_if_evidence_supports_it_later(table: Table) -> None:
    table.receives["student"] = False
    table.wait(40)
    table.is_confirmed["tutor"] = False

    table.wait(40)

    assert table.judge("student") is Verdict.AGREED
    assert [is_open for *_, is_open in table.in_short()] == [True]


def test_a_peer_without_recent_proofs_contradicts_no_claim(table: Table) -> None:
    table.receives["student"] = False
    table.wait(30)
    table.seats["tutor"].proof_ms = table.now_ms - RULES.media_ms

    assert table.judge("student") is Verdict.AGREED


@pytest.mark.parametrize("away", ROLES)
def test_there_is_no_dispute_with_an_empty_seat(table: Table, away: Role) -> None:
    table.seats[away].phase = SeatPhase.AWAY
    table.receives["student"] = False

    table.wait(60)

    assert table.told == []


def test_a_page_that_sends_frames_but_answers_no_ping_is_silent(table: Table) -> None:
    table.receives["student"] = False
    table.wait(40)
    seat = table.seats["student"]
    seat.asked_ms.append(table.now_ms - 11_000)

    table.look()
    table.now_ms += 2_000
    seat.heard_ms = table.now_ms
    table.look()

    assert [(event.kind, event.is_open) for event in table.told] == [
        ("media", True),
        ("media", False),
        ("silence", True),
    ]
    assert table.in_short()[-1] == ("student", "no-answer", "answers", True)


@pytest.mark.parametrize(
    ("rule", "verdict"), [("bill", Verdict.CONTRADICTED), ("ask", None), ("pause", None)]
)
def test_only_the_rule_bill_lets_evidence_outweigh_a_new_claim(
    table: Table, rule: DisputeRule, verdict: Verdict | None
) -> None:
    rules = replace(RULES, disputes=rule)
    table.receives["student"] = False
    table.wait(30)
    student, tutor = table.seats["student"], table.seats["tutor"]

    assert may_be_outweighed(student, tutor, rules, table.now_ms) is verdict
    assert may_be_outweighed(student, tutor, rules, table.now_ms + 1) is None  # that claim is older
    assert may_be_outweighed(tutor, student, rules, table.now_ms) is None  # it claims nothing like that
