"""A node decides for three seconds after a renewal began, and gives its rooms up after ten."""

from __future__ import annotations

from langdao_video.nodes.lease import DECIDES_MS, GIVES_UP_MS, Lease
from langdao_video.nodes.membership import RENEWAL_SECONDS_MAX
from langdao_video.store.ownership import LEASE_MS


def test_a_node_that_never_renewed_decides_nothing() -> None:
    lease = Lease()

    assert not lease.decides(0)
    assert lease.is_given_up(0)


def test_it_decides_until_three_seconds_after_the_renewal_began() -> None:
    lease = Lease()
    lease.renew(500)

    assert lease.decides(500 + DECIDES_MS - 1)
    assert not lease.decides(500 + DECIDES_MS)
    assert not lease.is_given_up(500 + GIVES_UP_MS - 1)
    assert lease.is_given_up(500 + GIVES_UP_MS)


def test_a_renewal_after_a_pause_lets_it_decide_again() -> None:
    lease = Lease()
    lease.renew(0)
    lease.renew(60_000)

    assert lease.decides(60_000)


def test_it_stops_before_another_node_may_take_its_rooms() -> None:
    assert DECIDES_MS + 500 <= LEASE_MS


def test_a_renewal_may_take_as_long_as_it_is_worth_anything() -> None:
    assert RENEWAL_SECONDS_MAX * 1_000 <= DECIDES_MS
