"""The network changes in the middle of a call, and both see and hear each other again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.network.call import calling

if TYPE_CHECKING:
    from tests.network.town import Town


@pytest.mark.slow
@pytest.mark.requirement("R20")
async def test_a_call_goes_on_over_another_network(town: Town) -> None:
    async with calling(town) as call:
        town.homes["student"].change_path()

        await call.wait_for_media()
        for person in call.people.values():
            await person.wait_for_state("live")
