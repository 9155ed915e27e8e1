"""All stores keep revocations in the same way, in an order in which no reader can miss one."""

from __future__ import annotations

import asyncio

import pytest

from langdao_video.errors import BadRequest
from langdao_video.store.port import Revocation, Store
from tests.contracts.conftest import Place


async def test_an_empty_store_has_none(store: Store) -> None:
    assert await store.load_revocations() == []


async def test_another_node_reads_what_was_revoked_in_order(place: Place) -> None:
    one, two = await place.open(), await place.open()
    kept = [
        await one.revoke(Revocation("link", "lnk_1", 5_000), 0),
        await two.revoke(Revocation("session", "s-1", 6_000), 0),
        await one.revoke(Revocation("all", "", 7_000), 0),
    ]

    assert await two.load_revocations() == kept
    assert await two.load_revocations(kept[0].seq) == kept[1:]
    assert await two.load_revocations(kept[0].seq, 1) == [kept[1]]
    assert await two.load_revocations(kept[2].seq) == []


async def test_one_sent_again_is_news_again_and_moves_only_forward(store: Store) -> None:
    first = await store.revoke(Revocation("session", "s-1", 6_000), 0)

    again = await store.revoke(Revocation("session", "s-1", 4_000), 0)
    later = await store.revoke(Revocation("session", "s-1", 9_000), 0)

    assert (again.before_ms, later.before_ms) == (6_000, 9_000)
    assert first.seq < again.seq < later.seq
    assert await store.load_revocations() == [later]


async def test_old_revocations_are_forgotten_and_the_order_goes_on(store: Store) -> None:
    first = await store.revoke(Revocation("link", "lnk_1", 1_000), 0)

    second = await store.revoke(Revocation("link", "lnk_2", 1_500), 2_000)
    third = await store.revoke(Revocation("link", "lnk_3", 9_000), 2_000)

    assert first.seq < second.seq < third.seq
    assert await store.load_revocations() == [third]


async def test_many_at_once_lose_none(place: Place) -> None:
    nodes = [await place.open() for _ in range(3)]

    kept = await asyncio.gather(
        *(nodes[n % 3].revoke(Revocation("link", f"lnk_{n}", n), 0) for n in range(30))
    )

    assert len({row.seq for row in kept}) == 30
    assert sorted(kept, key=lambda row: row.seq) == await nodes[0].load_revocations()


@pytest.mark.parametrize("subject", ["a\0b", "\ud800"], ids=ascii)
async def test_nul_and_lone_surrogates_are_refused(store: Store, subject: str) -> None:
    with pytest.raises(BadRequest):
        await store.revoke(Revocation("session", subject, 1), 0)
