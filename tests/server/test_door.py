"""The door: nobody is refused for one who has asked for nothing, and /health has a way in."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from langdao_video.server.door import Door, DoorLimits, Stage, Visit

LIMITS = DoorLimits(connections_max=6, per_address_max=3, reserve_max=2)


class House:
    """A door, and who was put out of it."""

    def __init__(self, limits: DoorLimits = LIMITS) -> None:
        self.door = Door(limits)
        self.gone: list[str] = []

    def knock(self, name: str, network: str | None) -> Visit:
        return self.door.knock(network, lambda: self.gone.append(name))


def test_when_all_is_full_the_longest_silent_goes() -> None:
    house = House()
    first = house.knock("first", "a")
    for number in range(5):
        house.knock(str(number), f"n{number}")
    house.door.begin(first, "a")

    late = house.knock("late", "z")

    assert house.gone == ["0"]
    assert not late.is_reserve
    assert house.door.count == 6


def test_the_silent_go_before_the_idle() -> None:
    house = House()
    idle = house.knock("idle", "a")
    house.door.begin(idle, "a")
    house.door.rest(idle)
    for number in range(5):
        house.knock(str(number), f"n{number}")

    house.knock("late", "z")

    assert house.gone == ["0"]


def test_an_address_that_has_its_fill_loses_its_own() -> None:
    house = House()
    house.knock("other", "b")
    for number in range(3):
        house.knock(str(number), "a")

    house.knock("late", "a")

    assert house.gone == ["0"]


def test_when_all_are_busy_there_is_the_reserve_and_its_oldest_goes() -> None:
    house = House()
    for number in range(6):
        house.door.begin(house.knock(str(number), f"n{number}"), f"n{number}")

    reserve = [house.knock(f"r{number}", "z") for number in range(3)]

    assert all(visit.is_reserve for visit in reserve)
    assert house.gone == ["r0"]


def test_an_address_whose_connections_are_all_busy_still_reaches_the_reserve() -> None:
    house = House()
    for number in range(3):
        house.door.begin(house.knock(str(number), "a"), "a")

    assert house.knock("health", "a").is_reserve


def test_what_a_proxy_passes_on_is_counted_with_its_caller() -> None:
    house = House()
    visits = [house.knock(str(number), None) for number in range(5)]

    begun = [house.door.begin(visit, "a") for visit in visits[:4]]

    assert begun == [True, True, True, False]
    assert house.door.begin(visits[4], "b")


def test_a_proxys_connection_may_carry_another_caller_afterwards() -> None:
    house = House()
    visits = [house.knock(str(number), None) for number in range(3)]
    for visit in visits:
        house.door.begin(visit, "a")
    house.door.rest(visits[0])

    assert house.door.begin(visits[0], "b")
    assert house.door.begin(house.knock("new", None), "a")


class Crowd(RuleBasedStateMachine):
    """Connections come, ask, rest and go in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.door = Door(LIMITS)
        self.visits: list[tuple[Visit, list[bool]]] = []

    @rule(network=st.sampled_from([None, "a", "b", "c"]))
    def knock(self, network: str | None) -> None:
        put_out: list[bool] = []
        evict: Callable[[], None] = lambda: put_out.append(True)  # noqa: E731 - it needs a type
        self.visits.append((self.door.knock(network, evict), put_out))

    @rule(chance=st.randoms(use_true_random=False), network=st.sampled_from(["a", "b", "c"]))
    def begin(self, chance: object, network: str) -> None:
        if visit := self._any(chance):
            self.door.begin(visit, visit.network or network)

    @rule(chance=st.randoms(use_true_random=False))
    def rest(self, chance: object) -> None:
        if visit := self._any(chance):
            self.door.rest(visit)

    @rule(chance=st.randoms(use_true_random=False))
    def leave(self, chance: object) -> None:
        if visit := self._any(chance):
            self.door.leave(visit)

    def _any(self, chance: object) -> Visit | None:
        return chance.choice(self.visits)[0] if self.visits else None  # type: ignore[attr-defined]

    @invariant()
    def nobody_is_put_out_who_is_busy_and_all_bounds_hold(self) -> None:
        there = [visit for visit, _ in self.visits if not visit.is_gone]
        assert sum(not visit.is_reserve for visit in there) == self.door.count <= LIMITS.connections_max
        assert sum(visit.is_reserve for visit in there) <= LIMITS.reserve_max
        for visit, put_out in self.visits:
            assert not put_out or (visit.is_gone and (visit.is_reserve or visit.stage is not Stage.BUSY))


TestCrowd = Crowd.TestCase
TestCrowd.settings = settings(max_examples=60, stateful_step_count=40)
