"""Security headers, and which origins may open the socket."""

from __future__ import annotations

import pytest

from langdao_video.access.headers import matches_origin, may_open_socket, page_headers

HOST = "call.example"
PARENTS = ("'self'", "https://platform.example", "http://localhost:*")


def policy_of(headers: dict[str, str]) -> dict[str, list[str]]:
    directives = (part.split() for part in headers["content-security-policy"].split("; "))
    return {name: sources for name, *sources in directives}


def test_nothing_comes_from_elsewhere_and_no_script_stands_in_the_page() -> None:
    policy = policy_of(page_headers(HOST, PARENTS))

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    allowed = {source for name, sources in policy.items() if name != "frame-ancestors" for source in sources}
    assert allowed <= {
        "'none'", "'self'", "data:", "blob:", "mediastream:", f"ws://{HOST}", f"wss://{HOST}"
    }  # fmt: skip


def test_only_the_parents_that_were_configured_may_frame_the_page() -> None:
    assert policy_of(page_headers(HOST, PARENTS))["frame-ancestors"] == list(PARENTS)


@pytest.mark.requirement("R5")
@pytest.mark.parametrize("host", ["call.example", "localhost:3000", "[::1]:3000", "10.0.0.1:8443"])
def test_the_socket_of_this_host_may_be_reached(host: str) -> None:
    assert policy_of(page_headers(host, PARENTS))["connect-src"] == [
        "'self'",
        f"ws://{host}",
        f"wss://{host}",
    ]


@pytest.mark.parametrize(
    "host", ["", "a b", "evil.example; script-src *", "x\r\nset-cookie: a", "a,b", "x:999999"]
)
def test_a_host_header_cannot_write_into_the_policy(host: str) -> None:
    headers = page_headers(host, PARENTS)

    assert policy_of(headers)["connect-src"] == ["'self'"]
    assert not any("\n" in value or "\r" in value for value in headers.values())


def test_a_page_is_not_sniffed_kept_or_referred_to() -> None:
    headers = page_headers(HOST, PARENTS)

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "https://call.example",
        "https://CALL.example",
        "https://platform.example",
        "http://localhost:5173",
    ],
)
def test_our_own_pages_and_the_platforms_may_open_the_socket(origin: str | None) -> None:
    assert may_open_socket(origin, HOST, PARENTS)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://call.example.evil.example",
        "https://platform.example.evil.example",
        "https://platform.example:8443",
        "http://platform.example",
        "http://localhost.evil.example",
        "http://localhost:80:80",
        "http://localhost:3000@evil.example",
        "https://call.example@evil.example",
        "null",
        "",
        "'self'",
        "http://[",
        "http://[::1",
        "https://call.example\x00",
    ],
)
def test_no_other_page_may_open_the_socket(origin: str) -> None:
    assert not may_open_socket(origin, HOST, PARENTS)


def test_a_page_without_an_origin_of_its_own_never_matches_a_request_without_host() -> None:
    assert not may_open_socket("null", "", PARENTS)


@pytest.mark.parametrize(
    ("origin", "allowed", "matches"),
    [
        ("http://localhost:5173", "http://localhost:*", True),
        ("http://localhost", "http://localhost:*", True),
        ("https://localhost:5173", "http://localhost:*", False),
        ("http://localhost:", "http://localhost:*", False),
        ("http://localhost:5173/path", "http://localhost:*", False),
        ("https://a.example", "https://a.example", True),
        ("https://a.example", "https://a.example/", True),
        ("https://b.a.example", "https://a.example", False),
    ],
)
def test_an_origin_matches_to_the_letter_or_on_any_port(origin: str, allowed: str, *, matches: bool) -> None:
    assert matches_origin(origin, allowed) is matches
