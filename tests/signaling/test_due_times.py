"""When each of many names is due: compared with a plain table that is looked through each time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from langdao_video.signaling.due_times import DueTimes

NAMES = st.sampled_from("abcde")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("plan"), NAMES, st.integers(-40, 200)),
        st.tuples(st.just("forget"), NAMES, st.just(0)),
        st.tuples(st.just("wait"), st.just(""), st.integers(0, 60)),
    ),
    max_size=300,
)


@given(steps=STEPS)
def test_it_takes_what_a_look_through_all_would_find_in_the_same_order(
    steps: list[tuple[str, str, int]],
) -> None:
    times, table, now_ms = DueTimes(), dict[str, int](), 0
    for kind, name, ms in steps:
        match kind:
            case "plan":
                times.plan(name, now_ms + ms)
                table[name] = now_ms + ms
            case "forget":
                times.forget(name)
                table.pop(name, None)
            case _:
                now_ms += ms
                due = sorted((due_ms, name) for name, due_ms in table.items() if due_ms <= now_ms)
                for _, found in due:
                    del table[found]

                assert times.take_due(now_ms) == [name for _, name in due]
        assert len(times) == len(table)


def test_a_name_is_due_at_its_time_and_once() -> None:
    times = DueTimes()
    times.plan("a", 1_000)

    assert [times.take_due(at_ms) for at_ms in (999, 1_000, 1_001)] == [[], ["a"], []]


def test_a_time_that_moves_away_makes_no_further_wake_up() -> None:
    times = DueTimes()

    for at_ms in range(10_000):
        times.plan("a", 5_000 + at_ms)

    assert len(times._heap) == 1


def test_a_time_that_moves_nearer_leaves_a_bounded_number_of_wake_ups() -> None:
    times = DueTimes()

    for at_ms in range(10_000):
        times.plan("a", 20_000 - at_ms)

    assert len(times._heap) <= 2 * 1 + 64 + 1
    assert times.take_due(10_000) == []
    assert times.take_due(10_001) == ["a"]


def test_many_names_that_come_and_go_leave_nothing_behind() -> None:
    times = DueTimes()

    for number in range(10_000):
        times.plan(f"room-{number}", 100_000 + number)
        times.forget(f"room-{number}")

    assert (len(times), len(times._heap) <= 2 + 64 + 1, len(times._wakes_ms) <= 67) == (0, True, True)
