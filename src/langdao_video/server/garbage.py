"""Tells Python's collector of cycles how often to look, for a process that only serves.

A look at everything costs time for each object that lives, and the objects of 10,000 lessons live for an hour. By
default there would be one whenever a quarter more objects had come. Almost nothing here is a cycle: what a lesson
leaves behind is freed by its counts.
"""

from __future__ import annotations

import gc
from typing import Final

NEW_OBJECTS: Final = 20_000
"""How many more objects than now may come until the collector looks at the new ones."""
YOUNG_LOOKS: Final = 20
"""Each of so many looks also takes those that survived one."""
OLD_LOOKS: Final = 50
"""At each of so many of these, it may look at everything."""


def settle_collector() -> None:
    """Forget the garbage of the start, and never again look at what the start has left: modules, routes, models."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG_LOOKS, OLD_LOOKS)
