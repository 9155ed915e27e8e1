"""A process that serves forgets the garbage of its start, and looks at what has lived long less often."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from langdao_video.server.garbage import NEW_OBJECTS, OLD_LOOKS, YOUNG_LOOKS, settle_collector


class Cycle:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_the_garbage_of_the_start_is_freed_and_the_rest_is_set_aside() -> None:
    garbage, kept = weakref.ref(Cycle()), Cycle()

    settle_collector()

    assert garbage() is None
    assert gc.get_threshold() == (NEW_OBJECTS, YOUNG_LOOKS, OLD_LOOKS)
    assert not any(each is kept for each in gc.get_objects())
    assert gc.get_freeze_count() > 0


def test_a_cycle_that_comes_later_is_still_found() -> None:
    settle_collector()
    later = weakref.ref(Cycle())

    gc.collect()

    assert later() is None
