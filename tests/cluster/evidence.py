"""What a bill may be, from what the two pages of a lesson have done. Pure.

Law 2 bounds it on both sides. At most: the overlap of all that the pages have answered. At least: the same without what
a drop may have lost. A sitting that goes on within SILENCE_MS of its newest stored proof loses nothing. What a node had
not stored when it fell asleep is lost, however late it wakes and answers. From a question until both are found there
again nothing is billed (R36).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from langdao_video.billing.rules import SILENCE_MS
from langdao_video.nodes.lease import GIVES_UP_MS
from langdao_video.signaling.rules import RoomRules
from tests.billing import oracle
from tests.cluster.page import Visit

_ROOM: Final = RoomRules()
SAVE_MS_MAX: Final = 2_000
"""How long a save may take before it counts as failed (`billing.presence`)."""
UNSTORED_MS: Final = _ROOM.heartbeat_ms + _ROOM.ping_ms // 2 + SAVE_MS_MAX
"""Which proofs a node may have kept to itself: a room reports one a heartbeat interval, give or take half a ping."""
LAPSED_MS: Final = GIVES_UP_MS
"""For how much longer a node keeps its pages that cannot renew its lease, and then loses what it has not stored."""
NEAR_MS: Final = 50
"""How far the service's clock, which follows the database's, may be from the machine's."""

Sittings = dict[int, list[int]]
Sleeps = Sequence[tuple[int, int]]
"""From when to when a node stood still (Unix ms)."""
Questions = Sequence[tuple[int, int | None]]
"""From when to when a question was open, None: until the end (Unix ms)."""


def bounds_ms(
    student: Sequence[Visit],
    tutor: Sequence[Visit],
    begun: Iterable[tuple[str, int, int]],
    unstored_ms: int = UNSTORED_MS,
    sleeps: Sleeps = (),
    questions: Questions = (),
) -> tuple[int, int]:
    """Return the least and the most that may be billed (ms). *begun* are the ledger's sittings: role, epoch, Unix ms.

    *unstored_ms*: how much of the end of a socket a node may have kept to itself, besides the time it slept.
    Raises AssertionError if the ledger has a sitting that no join of the page explains.
    """
    seats = {"student": student, "tutor": tutor}
    most = {role: _collect_all(visits) for role, visits in seats.items()}
    for role, epoch, at_ms in begun:
        assert any(_has_joined(visit, at_ms) for visit in seats[role]), f"the {role} sat down without a join"
        most[role].setdefault(epoch, []).append(at_ms)
    least = {role: _collect_kept(visits, unstored_ms, sleeps) for role, visits in seats.items()}
    both = _overlap(least)
    return len(both - _collect_asked(both, questions)), len(_overlap(most))


def _overlap(seats: dict[str, Sittings]) -> set[int]:
    """Return the milliseconds in which both were there."""
    student, tutor = (oracle.there([*sittings.values()], SILENCE_MS) for sittings in seats.values())
    return student & tutor


def _collect_asked(both: set[int], questions: Questions) -> set[int]:
    return {
        at_ms
        for asked_ms, ended_ms in questions
        for at_ms in both
        if asked_ms <= at_ms and (ended_ms is None or at_ms < ended_ms)
    }


def _has_joined(visit: Visit, at_ms: int) -> bool:
    ends_ms = at_ms if visit.closed_ms is None else visit.closed_ms
    return visit.joined_ms - NEAR_MS <= at_ms <= ends_ms + NEAR_MS


def _collect_all(visits: Iterable[Visit]) -> Sittings:
    """Return the proofs of each sitting. A join whose welcome was lost may have gone on with the sitting before it."""
    sittings: Sittings = {}
    epoch = None
    for visit in visits:
        if visit.epoch is not None:
            epoch = visit.epoch
            sittings.setdefault(epoch, []).extend(visit.proofs_ms)
        elif epoch is not None:
            sittings[epoch] += [visit.joined_ms, visit.closed_ms or visit.joined_ms]
    return sittings


def _collect_kept(visits: Sequence[Visit], unstored_ms: int, sleeps: Sleeps) -> Sittings:
    """Return the proofs of each sitting that no drop can have lost."""
    sittings: Sittings = {}
    seated = [visit for visit in visits if visit.epoch is not None]
    for visit in seated:
        assert visit.epoch is not None
        last_ms = visit.proofs_ms[-1]
        if visit is visits[-1]:  # the end asks for a last proof, and waits for it for a while only
            kept_ms = [at_ms for at_ms in visit.proofs_ms if at_ms <= last_ms - _ROOM.last_call_ms]
        else:
            stored_ms = _go_back(last_ms, unstored_ms, sleeps)
            kept_ms = [at_ms for at_ms in visit.proofs_ms if at_ms <= stored_ms]
        sittings.setdefault(visit.epoch, []).extend(kept_ms)
    return sittings


def _go_back(at_ms: int, awake_ms: int, sleeps: Sleeps) -> int:
    """Return the time since which a node was awake for *awake_ms* until *at_ms*. *sleeps* are in their order."""
    back_ms = at_ms - awake_ms
    for begun_ms, ended_ms in reversed(sleeps):
        if begun_ms < at_ms and ended_ms > back_ms:
            back_ms -= ended_ms - begun_ms
    return back_ms
