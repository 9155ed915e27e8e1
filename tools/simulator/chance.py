"""Makes random plans: what goes wrong in a lesson, how often and when. Pure: a seed always makes the same plan."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, get_args

from langdao_video.session.roles import ROLES
from tools.simulator.plan import (
    Answers,
    BackplaneIsIll,
    CapChanges,
    Crash,
    Frozen,
    Gone,
    Hidden,
    HooksFail,
    Illness,
    LeaseLapses,
    Lie,
    Lies,
    MediaStops,
    Mode,
    Mutes,
    NodeStandsStill,
    NodeStops,
    Partition,
    Plan,
    SecondTab,
    Slew,
    Step,
    StoreFails,
    Trouble,
    Who,
)

MINUTE_MS: Final = 60_000
_LIES: Final[tuple[Lie, ...]] = ("frozen", "zero", "silent", "late")
"""Those that can only take time from the bill. A page that lies in turns may show later what arrived before a stop."""
_MORE_TROUBLES: Final = 3
"""Nodes stand in for each other, so it takes several troubles at once to find a fault."""
Maker = Callable[[Random, int], Trouble]
"""Makes a trouble for a lesson of a given length in ms."""


def make_plan(seed: int, mode: Mode) -> Plan:
    """Make the plan of a seed."""
    random = Random(f"{mode} {seed}")  # noqa: S311 - it must be repeatable, not secret
    length_ms = _length(random) if mode != "several" else random.randrange(MINUTE_MS, 4 * MINUTE_MS)
    late_ms: int | None = random.choice([0, 200, 1_500, 20_000, random.randrange(90_000)])
    if _happens(random, percent=2):
        late_ms = None
    first, second = random.sample(ROLES, 2)
    count = min(12, int(random.expovariate(0.4))) + (_MORE_TROUBLES if mode == "several" else 0)
    makers = random.choices(
        [maker for maker, _ in _KINDS[mode]], [weight for _, weight in _KINDS[mode]], k=count
    )
    troubles = [make(random, length_ms) for make in makers]
    steps = [trouble for trouble in troubles if isinstance(trouble, Step)]
    # After two steps the readings no longer tell true times apart, and the oracle could not judge.
    troubles = [trouble for trouble in troubles if trouble not in steps[1:]]
    return Plan(
        seed=seed,
        mode=mode,
        comes_ms={first: 0, second: late_ms},
        ends_ms=length_ms,
        ended_by=random.choice(["student", "tutor", "both", None]),
        stays_ms=random.choice([0, 0, 30, 300, 5_000, 60_000]),
        latency_ms={role: random.choice([1, 5, 20, 60, 150, 400]) for role in ROLES},
        tick_ms=random.choice([250, 250, 500, 1_000]),
        has_media=_happens(random, percent=85),
        cap_seconds=random.randrange(30, 1_200) if _happens(random, percent=20) else None,
        hook_delay_ms=random.choice([0, 50, 500, 3_000]),
        troubles=tuple(sorted(troubles, key=lambda trouble: trouble.at_ms)),
    )


def _length(random: Random) -> int:
    """Draw the length of a lesson. Most are short, because the troubles matter and not the quiet between them."""
    shortest, longest = random.choices([(1, 5), (5, 15), (5, 60)], weights=(75, 20, 5))[0]
    return random.randrange(shortest * MINUTE_MS, longest * MINUTE_MS)


def _when(random: Random, length_ms: int) -> int:
    """Draw the time of a trouble: any time, but often close to the beginning or the end."""
    whens = (random.randrange(5_000), length_ms - random.randrange(8_000), random.randrange(length_ms))
    return random.choices(whens, weights=(10, 15, 75))[0]


def _how_long(random: Random) -> int:
    return random.choice(
        [random.randrange(50, 2_000), random.randrange(30_000), random.randrange(20_000, 90_000)]
    )


def _who(random: Random) -> Who:
    return random.choices(("student", "tutor", "both"), weights=(4, 4, 2))[0]


def _partition(random: Random, length_ms: int) -> Trouble:
    return Partition(
        at_ms=_when(random, length_ms),
        who=_who(random),
        for_ms=_how_long(random),
        way=random.choice(("both", "both", "up", "down")),
        cuts_media=_happens(random, percent=60),
        tells_page=_happens(random, percent=40),
    )


def _gone(random: Random, length_ms: int) -> Trouble:
    return Gone(
        at_ms=_when(random, length_ms),
        who=_who(random),
        for_ms=None if _happens(random, percent=15) else random.choice([300, 900, 4_000, _how_long(random)]),
        how=random.choice(("goodbye", "goodbye", "reset", "silence")),
        forgets=_happens(random, percent=30),
    )


def _crash(random: Random, length_ms: int) -> Trouble:
    step = random.choice([0, 0, 3_600_000, -3_600_000, random.randrange(-100_000, 100_000)])
    moves = _happens(random, percent=20)
    return Crash(
        at_ms=_when(random, length_ms),
        for_ms=random.choice([random.randrange(200, 3_000), _how_long(random)]),
        point=random.choice(("idle", "before-commit", "after-commit")),
        moves=moves,
        # The other machine's clock is right, or so wrong that the service does not believe it (docs/decisions).
        wall_step_ms=step if not moves or abs(step) in {0, 3_600_000} else 0,
    )


def _answers(random: Random, length_ms: int) -> Trouble:
    return Answers(
        at_ms=_when(random, length_ms),
        who=random.choice(("student", "tutor", "platform")),
        decision=random.choice(("wait", "wait", "end")),
        after_ms=random.choice([300, 4_000, 29_900, 31_000]),
        times=random.choice([1, 1, 2]),
    )


def _step(random: Random, length_ms: int) -> Trouble:
    by_ms = random.choice(
        [3_600_000, -3_600_000, -random.randrange(20_000), random.randrange(26_000, 3_600_000)]
    )
    return Step(at_ms=_when(random, length_ms), by_ms=by_ms)


def _mutes(random: Random, length_ms: int) -> Trouble:
    return Mutes(at_ms=_when(random, length_ms), who=random.choice(ROLES), for_ms=_how_long(random))


def _media_stops(random: Random, length_ms: int) -> Trouble:
    return MediaStops(at_ms=_when(random, length_ms), who=_who(random), for_ms=_how_long(random))


def _lies(random: Random, length_ms: int) -> Trouble:
    how = random.choice(_LIES)
    return Lies(at_ms=_when(random, length_ms), who=random.choice(ROLES), for_ms=_how_long(random), how=how)


def _frozen(random: Random, length_ms: int) -> Trouble:
    return Frozen(at_ms=_when(random, length_ms), who=random.choice(ROLES), for_ms=_how_long(random))


def _hidden(random: Random, length_ms: int) -> Trouble:
    return Hidden(at_ms=_when(random, length_ms), who=random.choice(ROLES), for_ms=10 * _how_long(random))


def _second_tab(random: Random, length_ms: int) -> Trouble:
    think_ms = random.randrange(200, 9_000)
    return SecondTab(at_ms=_when(random, length_ms), who=random.choice(ROLES), think_ms=think_ms)


def _store_fails(random: Random, length_ms: int) -> Trouble:
    commits = _happens(random, percent=50)
    return StoreFails(at_ms=_when(random, length_ms), for_ms=random.randrange(12_000), commits=commits)


def _cap_changes(random: Random, length_ms: int) -> Trouble:
    return CapChanges(at_ms=_when(random, length_ms), seconds=random.randrange(30, 1_800))


def _slew(random: Random, length_ms: int) -> Trouble:
    return Slew(at_ms=_when(random, length_ms), ppm=random.randrange(-500, 501))


def _hooks_fail(random: Random, length_ms: int) -> Trouble:
    return HooksFail(at_ms=_when(random, length_ms), for_ms=_how_long(random))


def _node_dies(random: Random, length_ms: int) -> Trouble:
    return Crash(
        at_ms=_when(random, length_ms),
        for_ms=random.choice([random.randrange(200, 3_000), _how_long(random)]),
        point=random.choice(("idle", "before-commit", "after-commit")),
        moves=False,
        wall_step_ms=0,
    )


def _node_stops(random: Random, length_ms: int) -> Trouble:
    return NodeStops(at_ms=_when(random, length_ms), for_ms=random.randrange(500, 10_000))


def _node_stands_still(random: Random, length_ms: int) -> Trouble:
    in_write = _happens(random, percent=50)
    return NodeStandsStill(at_ms=_when(random, length_ms), for_ms=_how_long(random), in_write=in_write)


def _lease_lapses(random: Random, length_ms: int) -> Trouble:
    return LeaseLapses(at_ms=_when(random, length_ms), for_ms=random.randrange(500, 20_000))


def _backplane_is_ill(random: Random, length_ms: int) -> Trouble:
    how = random.choice(get_args(Illness))
    return BackplaneIsIll(at_ms=_when(random, length_ms), for_ms=random.randrange(500, 15_000), how=how)


def _happens(random: Random, *, percent: int) -> bool:
    return random.randrange(100) < percent


_COMMON: Final = ((_partition, 6), (_gone, 6), (_answers, 3), (_slew, 1), (_cap_changes, 1))
_OURS: Final = (
    *_COMMON,
    (_crash, 4),
    (_second_tab, 2),
    (_frozen, 2),
    (_hidden, 2),
    (_media_stops, 2),
    (_mutes, 1),
    (_lies, 2),
    (_store_fails, 1),
)
_KINDS: Final[dict[Mode, tuple[tuple[Maker, int], ...]]] = {
    "together": _OURS,
    "apart": (*_OURS, (_hooks_fail, 3)),
    "foreign": (*_COMMON, (_hooks_fail, 3), (_step, 2)),
    "several": (
        *_COMMON,
        (_node_dies, 6),
        (_node_stops, 3),
        (_node_stands_still, 10),
        (_lease_lapses, 4),
        (_backplane_is_ill, 6),
        (_second_tab, 2),
        (_frozen, 1),
        (_media_stops, 1),
        (_store_fails, 1),
    ),
}
