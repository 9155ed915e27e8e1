"""Two pages meet by the best way that their networks let through: directly, or by a relay over UDP, TCP or TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.network import rules
from tests.network.call import calling

if TYPE_CHECKING:
    from tests.network.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.requirement("R19")]


async def test_behind_plain_nats_they_meet_without_a_relay(town: Town) -> None:
    async with calling(town) as call:
        routes = await call.routes()

    assert not any(route.is_relayed for route in routes.values())


async def test_behind_two_symmetric_nats_they_meet_by_the_relay(town: Town) -> None:
    for home in town.homes.values():
        home.set_nat("symmetric")

    async with calling(town) as call:
        routes = await call.routes()

    assert all(route.is_relayed for route in routes.values())
    assert "udp" in {route.relay_protocol for route in routes.values()}


@pytest.mark.parametrize(
    ("line", "protocol"),
    [((rules.BLOCK_UDP,), "tcp"), (rules.ONLY_443, "tls")],
    ids=["without UDP", "with port 443 only"],
)
async def test_behind_firewalls_each_reaches_the_relay_over_what_is_open(
    town: Town, line: tuple[str, ...], protocol: str
) -> None:
    for home in town.homes.values():
        home.treat(*line)

    async with calling(town) as call:
        routes = await call.routes()

    assert [(route.own, route.relay_protocol) for route in routes.values()] == [("relay", protocol)] * 2
