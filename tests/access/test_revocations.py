"""What a request to revoke means, and which links a process knows to be revoked."""

from __future__ import annotations

import itertools
from typing import cast

import pytest

from langdao_video.access.revocations import (
    KEPT_MS,
    Revocations,
    describe_revocation,
    plan_revocation,
    read_moment,
)
from langdao_video.errors import BadRequest, NotAllowed
from langdao_video.session.links import Grant, Withdrawn
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import EVENTS_PAGE, Revocation, RevocationKind
from tests.access.test_tokens import NOW_MS, ours


def plan(link: str | None = None, session_id: str | None = None, before_ms: int | None = None) -> Revocation:
    return plan_revocation(ours, NOW_MS, link=link, session_id=session_id, before_ms=before_ms)


def test_a_session_s_links_are_those_of_up_to_now_or_before_a_time() -> None:
    assert plan(session_id="s") == Revocation("session", "s", NOW_MS + 1)
    assert plan(session_id="s", before_ms=NOW_MS - 5) == Revocation("session", "s", NOW_MS - 5)
    assert plan(before_ms=NOW_MS) == Revocation("all", "", NOW_MS)


@pytest.mark.parametrize(
    ("before_ms", "fits"),
    [
        (NOW_MS, True),
        (NOW_MS + 1, False),
        (NOW_MS - KEPT_MS, True),
        (NOW_MS - KEPT_MS - 1, False),
        (NOW_MS // 1000, False),
    ],
)
def test_a_time_lies_where_links_may_have_been_made(before_ms: int, *, fits: bool) -> None:
    if fits:
        plan(before_ms=before_ms)
    else:
        with pytest.raises(BadRequest) as refusal:
            plan(before_ms=before_ms)
        assert refusal.value.code == "before-invalid"
        assert "milliseconds" in refusal.value.message


def test_a_moment_is_read_in_both_spellings() -> None:
    assert read_moment("1764000000000") == 1_764_000_000_000
    assert (
        read_moment("2025-11-24T16:00:00Z") == read_moment("2025-11-24T18:00:00+02:00") == 1_764_000_000_000
    )
    assert read_moment("2025-11-24T16:00:00.007Z") == 1_764_000_000_007


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-11-29T18:30:00", "2026-11-29", "-1", "²", "1" * 5_000]
)
def test_a_text_that_is_no_time_is_named(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        plan(before_ms=read_moment(text))

    assert refusal.value.code == "before-invalid"


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (Revocation("link", "lnk_x", 0), "The link lnk_x is no longer valid."),
        (
            Revocation("session", "a\x1b", 1_764_000_000_000),
            "The links of session a\\x1b made before 2025-11-24T16:00:00.000+00:00 are no longer valid.",
        ),
        (
            Revocation("all", "", 1_764_000_000_000),
            "The links of all sessions made before 2025-11-24T16:00:00.000+00:00 are no longer valid.",
        ),
    ],
    ids=["link", "session", "all"],
)
def test_the_description_says_which_links_were_revoked(kept: Revocation, says: str) -> None:
    assert describe_revocation(kept) == says


async def test_a_link_counts_from_the_time_before_which_others_do_not() -> None:
    revocations = Revocations(MemoryStore())
    await revocations.revoke(Revocation("session", "s", NOW_MS), NOW_MS)
    await revocations.revoke(Revocation("all", "", NOW_MS - 1_000), NOW_MS)
    await revocations.revoke(Revocation("link", "lnk_1", NOW_MS), NOW_MS)

    for grant, counts in (
        (Grant("lnk_2", "s", NOW_MS), True),
        (Grant("lnk_2", "s", NOW_MS - 1), False),
        (Grant("lnk_1", "s", NOW_MS), False),
        (Grant(None, "other", NOW_MS - 1_000), True),
        (Grant(None, "other", NOW_MS - 1_001), False),
        (Grant(None, "", NOW_MS - 1), True),
    ):
        if counts:
            revocations.check(grant)
        else:
            with pytest.raises(NotAllowed):
                revocations.check(grant)
    assert revocations.cutoff_ms("s") == NOW_MS


async def test_a_process_learns_all_that_others_have_revoked_and_once() -> None:
    store, looks = MemoryStore(), itertools.count(1)
    revocations = Revocations(store)
    looked_for: list[Withdrawn] = []

    def expel(withdrawn: Withdrawn) -> int:
        looked_for.append(withdrawn)
        return next(looks)

    revocations.expel = expel
    for number in range(EVENTS_PAGE + 1):
        await store.revoke(Revocation("link", f"lnk_{number}", NOW_MS), 0)

    assert await revocations.refresh() == 1
    assert await revocations.refresh() == 0, "without news nobody is looked for"
    assert looked_for == [Withdrawn(frozenset(f"lnk_{number}" for number in range(EVENTS_PAGE + 1)))]
    with pytest.raises(NotAllowed):
        revocations.check(Grant(f"lnk_{EVENTS_PAGE}", "s", NOW_MS))


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ("link", Withdrawn(links=frozenset({"link-0"}))),
        ("session", Withdrawn(sessions=frozenset({"session-0"}))),
        ("link session session", Withdrawn(frozenset({"link-0"}), frozenset({"session-1", "session-2"}))),
        ("link all", Withdrawn(frozenset({"link-0"}), sessions=None)),
    ],
)
async def test_only_whom_the_news_may_concern_is_looked_for(kinds: str, expected: Withdrawn) -> None:
    revocations, looked_for = Revocations(MemoryStore()), list[Withdrawn]()
    for number, kind in enumerate(kinds.split()):
        subject = "" if kind == "all" else f"{kind}-{number}"
        await revocations._store.revoke(Revocation(cast("RevocationKind", kind), subject, NOW_MS), 0)

    def expel(withdrawn: Withdrawn) -> int:
        looked_for.append(withdrawn)
        return 0

    revocations.expel = expel

    await revocations.refresh()

    assert looked_for == [expected]
