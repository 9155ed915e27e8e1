"""The limits of connections: an idle connection keeps nobody out, and /health always gets an answer."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from langdao_video.server.connection_limiter import (
    ConnectionLimiter,
    ConnectionLimits,
    ConnectionSlot,
    ConnectionStage,
)

LIMITS = ConnectionLimits(connections_max=6, per_address_max=3, reserve_max=2)


class House:
    """A limiter, and the connections that it closed."""

    def __init__(self, limits: ConnectionLimits = LIMITS) -> None:
        self.limiter = ConnectionLimiter(limits)
        self.gone: list[str] = []

    def admit(self, name: str, network: str | None) -> ConnectionSlot:
        return self.limiter.admit(network, lambda: self.gone.append(name))


def test_when_all_is_full_the_longest_silent_goes() -> None:
    crowd = House()
    first = crowd.admit("first", "a")
    for number in range(5):
        crowd.admit(str(number), f"n{number}")
    crowd.limiter.begin(first, "a")

    late = crowd.admit("late", "z")

    assert crowd.gone == ["0"]
    assert not late.is_reserve
    assert crowd.limiter.count == 6


def test_the_silent_go_before_the_idle() -> None:
    crowd = House()
    idle = crowd.admit("idle", "a")
    crowd.limiter.begin(idle, "a")
    crowd.limiter.rest(idle)
    for number in range(5):
        crowd.admit(str(number), f"n{number}")

    crowd.admit("late", "z")

    assert crowd.gone == ["0"]


def test_an_address_that_has_its_fill_loses_its_own() -> None:
    crowd = House()
    crowd.admit("other", "b")
    for number in range(3):
        crowd.admit(str(number), "a")

    crowd.admit("late", "a")

    assert crowd.gone == ["0"]


def test_when_all_are_busy_there_is_the_reserve_and_its_oldest_goes() -> None:
    crowd = House()
    for number in range(6):
        crowd.limiter.begin(crowd.admit(str(number), f"n{number}"), f"n{number}")

    reserve = [crowd.admit(f"r{number}", "z") for number in range(3)]

    assert all(slot.is_reserve for slot in reserve)
    assert crowd.gone == ["r0"]


def test_an_address_whose_connections_are_all_busy_still_reaches_the_reserve() -> None:
    crowd = House()
    for number in range(3):
        crowd.limiter.begin(crowd.admit(str(number), "a"), "a")

    assert crowd.admit("health", "a").is_reserve


def test_what_a_proxy_passes_on_is_counted_with_its_caller() -> None:
    crowd = House()
    slots = [crowd.admit(str(number), None) for number in range(5)]

    begun = [crowd.limiter.begin(slot, "a") for slot in slots[:4]]

    assert begun == [True, True, True, False]
    assert crowd.limiter.begin(slots[4], "b")


def test_a_proxys_connection_may_carry_another_caller_afterwards() -> None:
    crowd = House()
    slots = [crowd.admit(str(number), None) for number in range(3)]
    for slot in slots:
        crowd.limiter.begin(slot, "a")
    crowd.limiter.rest(slots[0])

    assert crowd.limiter.begin(slots[0], "b")
    assert crowd.limiter.begin(crowd.admit("new", None), "a")


class Crowd(RuleBasedStateMachine):
    """Connections open, begin requests, rest and close in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.limiter = ConnectionLimiter(LIMITS)
        self.slots: list[tuple[ConnectionSlot, list[bool]]] = []

    @rule(network=st.sampled_from([None, "a", "b", "c"]))
    def admit(self, network: str | None) -> None:
        put_out: list[bool] = []
        evict: Callable[[], None] = lambda: put_out.append(True)  # noqa: E731 - it needs a type
        self.slots.append((self.limiter.admit(network, evict), put_out))

    @rule(chance=st.randoms(use_true_random=False), network=st.sampled_from(["a", "b", "c"]))
    def begin(self, chance: object, network: str) -> None:
        if slot := self._any(chance):
            self.limiter.begin(slot, slot.network or network)

    @rule(chance=st.randoms(use_true_random=False))
    def rest(self, chance: object) -> None:
        if slot := self._any(chance):
            self.limiter.rest(slot)

    @rule(chance=st.randoms(use_true_random=False))
    def leave(self, chance: object) -> None:
        if slot := self._any(chance):
            self.limiter.leave(slot)

    def _any(self, chance: object) -> ConnectionSlot | None:
        return chance.choice(self.slots)[0] if self.slots else None  # type: ignore[attr-defined]

    @invariant()
    def nobody_is_put_out_who_is_busy_and_all_bounds_hold(self) -> None:
        there = [slot for slot, _ in self.slots if not slot.is_gone]
        assert sum(not slot.is_reserve for slot in there) == self.limiter.count <= LIMITS.connections_max
        assert sum(slot.is_reserve for slot in there) <= LIMITS.reserve_max
        for slot, put_out in self.slots:
            assert not put_out or (
                slot.is_gone and (slot.is_reserve or slot.stage is not ConnectionStage.BUSY)
            )


TestCrowd = Crowd.TestCase
TestCrowd.settings = settings(max_examples=60, stateful_step_count=40)
