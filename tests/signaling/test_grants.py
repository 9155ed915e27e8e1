"""Revocations find the sockets of their links, and nothing is kept of sockets that are gone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from langdao_video.session.links import Grant, Withdrawn
from langdao_video.signaling.grants import Grants


def grant(link: str | None, room: str) -> Grant:
    return Grant(link, room, 1)


def numbers(grants: Grants, withdrawn: Withdrawn) -> list[int]:
    return [conn for _room, conn, _grant in grants.find(withdrawn)]


def test_a_link_finds_the_sockets_of_its_room_and_of_no_other() -> None:
    grants = Grants()
    for conn, (link, room) in enumerate([("a", "r"), ("b", "r"), ("c", "s"), (None, "t")]):
        grants.note(room, conn, grant(link, room))

    assert numbers(grants, Withdrawn(links=frozenset({"b"}))) == [0, 1], "the caller checks each"
    assert numbers(grants, Withdrawn(links=frozenset({"unknown"}))) == []
    assert numbers(grants, Withdrawn(sessions=frozenset({"s", "none"}))) == [2]
    assert numbers(grants, Withdrawn(sessions=None)) == [0, 1, 2, 3]


def test_a_link_is_known_until_its_last_socket_is_gone() -> None:
    grants = Grants()
    for conn in (1, 2):
        grants.note("r", conn, grant("a", "r"))
    by_link = Withdrawn(links=frozenset({"a"}))

    grants.forget("r", 1)
    before = numbers(grants, by_link)
    grants.forget("r", 2)

    assert (before, numbers(grants, by_link)) == ([2], [])


@given(
    comings=st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from("rst"), st.sampled_from("abc") | st.none()), max_size=30
    ),
    goings=st.permutations(range(10)),
)
def test_nothing_is_left_when_all_are_gone(
    comings: list[tuple[int, str, str | None]], goings: list[int]
) -> None:
    grants, rooms = Grants(), dict[int, str]()
    for conn, room, link in comings:
        if rooms.setdefault(conn, room) == room:
            grants.note(room, conn, grant(link and room + link, room))

    for conn in goings[:5]:
        grants.forget(rooms.get(conn, "r"), conn)
    for room in "rst":
        grants.forget_room(room)

    assert (grants._of_room, grants._rooms_of_link) == ({}, {})
