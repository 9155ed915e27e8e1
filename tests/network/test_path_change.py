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


@pytest.mark.slow
@pytest.mark.requirement("R20")
async def test_a_call_goes_on_after_a_router_has_forgotten_all_connections(town: Town) -> None:
    for home in town.homes.values():
        home.set_nat("symmetric")
    async with calling(town) as call:
        # The computer's own addresses stay, so nothing tells the page. The relay no longer knows it by its new port.
        town.homes["student"].restart_router()

        await call.wait_for_media()
