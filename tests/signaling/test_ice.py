"""ICE servers for a seat: credentials by the REST scheme, and newer ones before they expire."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.signaling import messages as wire
from langdao_video.signaling.codec import encode_frame
from langdao_video.signaling.ice import (
    COMMAND_CHECK_MS,
    IcePlan,
    IceSupply,
    make_credential,
    name_seat,
    plan_expiry,
)
from langdao_video.signaling.lobby import Lobby
from langdao_video.signaling.seats import Participant
from tests.signaling.play import ADDRESSES, START_MS, STUDENT, TUTOR, Done, Play

SECRET: Final = "north"  # noqa: S105 - of no relay
TTL_MS: Final = 4 * 3_600_000
PLAN: Final = IcePlan(
    stun_urls=("stun:stun.example",),
    turn_urls=("turn:turn.example:3478", "turns:turn.example:443?transport=tcp"),
    turn_secret=SECRET,
    turn_ttl_ms=TTL_MS,
)


def expiry_of(servers: tuple[wire.IceServer, ...]) -> int:
    """Return when the credential of the relay expires, Unix ms."""
    (username,) = [server.username for server in servers if server.username]
    return int(username.partition(":")[0]) * 1000


def play_with(plan: IcePlan) -> Play:
    play = Play()
    play.room.offer_ice = lambda role, now_ms: plan.offer("session-abc123", role, now_ms)
    return play


@pytest.mark.parametrize(
    ("secret", "name", "expires_s", "credential"),
    [  # printf %s "$username" | openssl dgst -sha1 -hmac "$secret" -binary | base64
        ("north", "alice", 1_433_065_916, "Mf4on1SFftbyvGsi4mM2Um1ZIUQ="),
        ("x" * 64, "0123456789abcdef", 1_764_000_000, "uY83H5dh4Km8r98oAHtLu+f9AUw="),
    ],
)
def test_a_credential_is_that_of_the_rest_scheme(
    secret: str, name: str, expires_s: int, credential: str
) -> None:
    username = f"{expires_s}:{name}"

    assert make_credential(secret, name, expires_s) == (username, credential)


def test_a_page_gets_stun_our_relays_and_the_operators_own() -> None:
    other = wire.IceServer(urls=("turn:other.example",), username="u", credential="c")
    given_last = wire.IceServer(urls=("turn:third.example",), username="v", credential="d")
    plan = IcePlan(
        stun_urls=PLAN.stun_urls,
        turn_urls=PLAN.turn_urls,
        turn_secret=SECRET,
        turn_ttl_ms=TTL_MS,
        static=(other,),
        ask_command=lambda: (given_last,),
    )

    offer = plan.offer("s-1", "student", START_MS)

    assert [server.urls[0] for server in offer.servers] == [
        "stun:stun.example",
        "turn:turn.example:3478",
        "turn:other.example",
        "turn:third.example",
    ]
    assert offer.renew_ms == START_MS + COMMAND_CHECK_MS


def test_without_relays_there_is_nothing_to_renew() -> None:
    assert IcePlan(stun_urls=("stun:a",)).offer("s-1", "tutor", START_MS).renew_ms is None
    assert IcePlan().offer("s-1", "tutor", START_MS).servers == ()


def test_a_name_tells_two_seats_apart_and_nothing_else() -> None:
    names = {name_seat(SECRET, session, role) for session in ("s-1", "s-2") for role in ("student", "tutor")}

    assert len(names) == 4
    assert name_seat(SECRET, "s-1", "student") == name_seat(SECRET, "s-1", "student")
    assert name_seat("other", "s-1", "student") not in names
    assert not any("s-1" in name or "student" in name for name in names)


@given(
    now_ms=st.integers(1_600_000_000_000, 2_000_000_000_000),
    ttl_s=st.integers(60, 86_400),
    name=st.integers(0, 2**64 - 1).map("{:016x}".format),
)
def test_a_credential_lives_at_most_its_time_and_at_least_half_of_it(
    now_ms: int, ttl_s: int, name: str
) -> None:
    expires_s, renew_ms = plan_expiry(name, ttl_s * 1000, now_ms)

    assert now_ms < renew_ms
    assert ttl_s * 500 - 1_000 < expires_s * 1000 - now_ms <= ttl_s * 1000
    assert plan_expiry(name, ttl_s * 1000, renew_ms - 1) == (expires_s, renew_ms)
    assert plan_expiry(name, ttl_s * 1000, renew_ms)[0] > expires_s


def test_the_same_servers_are_not_sent_again() -> None:
    supply = IceSupply()
    servers = [wire.IceServer(urls=("turn:a",), username="u", credential="c")]
    plan = IcePlan(ask_command=lambda: tuple(servers))
    supply.take(plan.offer("s-1", "student", 0))

    def renew(now_ms: int) -> list[wire.IceServers]:
        return supply.renew(lambda: plan.offer("s-1", "student", now_ms), now_ms)

    assert renew(COMMAND_CHECK_MS) == []
    servers.append(wire.IceServer(urls=("turn:b",), username="u", credential="c"))
    assert renew(2 * COMMAND_CHECK_MS - 1) == []
    assert renew(2 * COMMAND_CHECK_MS) == [wire.IceServers(ice_servers=tuple(servers))]


def test_a_seat_gets_newer_servers_before_its_credential_expires() -> None:
    play = play_with(PLAN)
    first = play.join("student").only(STUDENT, wire.Welcome).ice_servers

    sent = play.wait(2 * TTL_MS, beating=[STUDENT], step_ms=5_000)

    renewed = [frame.ice_servers for frame in sent.frames(STUDENT) if isinstance(frame, wire.IceServers)]
    assert len(renewed) == 4
    expiries = [expiry_of(servers) for servers in (first, *renewed)]
    assert expiries == sorted(set(expiries))
    assert expiries[-1] >= play.now_ms + TTL_MS // 2 - 1_000


def test_a_resumed_socket_gets_fresh_servers_and_an_empty_seat_none() -> None:
    play = play_with(PLAN)
    play.both()
    play.drop(TUTOR)
    play.now_ms += 3_000

    back = play.join("tutor", conn=5, resume=play.resume_of("tutor"))
    play.leave(5)
    sent = play.wait(TTL_MS, beating=[STUDENT], step_ms=5_000)

    assert expiry_of(back.only(5, wire.Welcome).ice_servers) >= play.now_ms - TTL_MS // 2 - 1_000
    assert not any(isinstance(frame, wire.IceServers) for frame in sent.frames(5))
    assert any(isinstance(frame, wire.IceServers) for frame in sent.frames(STUDENT))


def test_each_seat_has_a_credential_of_its_own() -> None:
    play = play_with(PLAN)

    student = play.join("student").only(STUDENT, wire.Welcome)
    tutor = play.join("tutor").only(TUTOR, wire.Welcome)

    assert student.ice_servers[1].username != tutor.ice_servers[1].username
    assert SECRET.encode() not in encode_frame(student)
    assert all(ADDRESSES["student"] not in str(server) for server in student.ice_servers)


def test_the_call_begins_with_the_servers_of_the_lobby() -> None:
    play = play_with(PLAN)
    visitor = Participant(role="student", page="page-1", address=ADDRESSES["student"], relay_only=True)

    shown = Done(Lobby().join(play.room, STUDENT, visitor, START_MS)).only(STUDENT, wire.LobbyView)
    joined = play.join("student", relay_only=True).only(STUDENT, wire.Welcome)

    assert shown.ice_servers == joined.ice_servers  # so that the browser keeps the candidates it has
    assert (shown.relay_only, joined.relay_only) == (True, True)


def test_a_visitor_gets_newer_servers_too() -> None:
    lobby, play = Lobby(), play_with(PLAN)
    lobby.join(play.room, 7, Participant(role="tutor", page="page-1", address="0x1"), START_MS)

    early = Done(lobby.refresh(play.room, START_MS + 1_000))
    late = Done(lobby.refresh(play.room, START_MS + TTL_MS))

    assert early == []
    assert expiry_of(late.only(7, wire.IceServers).ice_servers) > START_MS + TTL_MS
