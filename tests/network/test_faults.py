"""Short random scripts of faults against real pages: never stuck, never two in a seat, and the bill is right.

The long ones are `make soak` (soak.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from langdao_video.session.roles import ROLES
from tests.network.actors import Stage
from tests.network.call import calling
from tests.network.script import plan_script
from tests.network.witness import Witness

if TYPE_CHECKING:
    from tests.network.town import Town

SEEDS: Final = (7, 8, 10, 30, 31)
"""They have faults of every kind, three to five each; one kills the service, because a start takes seconds."""
LENGTH_MS: Final = 6_000
PATIENCE_MS: Final = 60_000
"""Six times what is promised, because other programs use the processors, too: `make soak` holds the ten seconds."""


@pytest.mark.slow
@pytest.mark.requirement("R20", "R36")
@pytest.mark.parametrize("seed", SEEDS)
async def test_after_any_faults_they_meet_again_or_are_told_what_to_do(town: Town, seed: int) -> None:
    witnesses = {role: Witness() for role in ROLES}
    async with calling(town, witnesses=witnesses) as call:
        stage = Stage(call, witnesses)

        await stage.play(plan_script(seed, LENGTH_MS))
        outcome = await stage.conclude(PATIENCE_MS)

    assert outcome.back_ms is not None, outcome.stuck
    assert outcome.seated == {"student": 1, "tutor": 1}, outcome.stuck
    assert outcome.verdict.is_right, outcome.verdict
