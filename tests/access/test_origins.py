"""Origins: which texts mean the same origin, which pages may open the socket, and which names mean this machine."""

from __future__ import annotations

import pytest

from langdao_video.access.origins import (
    Origin,
    is_this_machine,
    may_open_socket,
    receive_origin,
)

HOST = "call.example"
BASE = Origin("https", "links.example", 443)
PARENTS = ("'self'", "https://platform.example", "http://localhost:*")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://a.example", "https://a.example"),
        ("https://a.example/", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:80", "http://a.example"),
        ("http://a.example:443", "http://a.example:443"),
        ("HTTPS://A.Example:8443", "https://a.example:8443"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example", "https://xn--bcher-kva.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://例え.テスト:0443", "https://xn--r8jz45g.xn--zckzah"),
        ("http://[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"),
        ("http://localhost:*", "http://localhost:*"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(text: str, written: str) -> None:
    assert str(receive_origin(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "'self'",
        "a.example",
        "ftp://a.example",
        "https://",
        "https://a.example/path",
        "https://a.example?",
        "https://a.example:",
        "https://a.example:65536",
        "https://a.example:443:443",
        "https://me@a.example",
        "https://a.example\\b",
        "https://a b.example",
        "https://a.example; script-src *",
        "https://a.example,b",
        "https://*",
        "https://-\u2603-.\u200b",
        "https://..",
        "https://[::1",
        "https://[zz]",
        "https://a.example\x00",
        f"https://{'a' * 64}.example",
        f"https://{'a.' * 130}example",
    ],
)
def test_other_texts_are_no_origin(text: str) -> None:
    assert receive_origin(text) is None


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "https://call.example",
        "https://CALL.example",
        "https://call.example:443",
        "http://call.example:80",
        "https://links.example",
        "https://LINKS.example:443",
        "https://Platform.example:443",
        "https://platform.example",
        "http://localhost:5173",
    ],
)
def test_our_own_pages_and_the_platforms_may_open_the_socket(origin: str | None) -> None:
    assert may_open_socket(origin, HOST, BASE, PARENTS)


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
        "http://links.example",
        "https://links.example:8443",
        "http://[",
        "http://[::1",
        "https://call.example\x00",
    ],
)
def test_no_other_page_may_open_the_socket(origin: str) -> None:
    assert not may_open_socket(origin, HOST, BASE, PARENTS)


def test_a_page_without_an_origin_of_its_own_never_matches_a_request_without_host() -> None:
    assert not may_open_socket("null", "", BASE, PARENTS)


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
    assert may_open_socket(origin, "call.example", BASE, (allowed,)) is matches


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://call.example", "call.example:443"),
        ("https://call.example:443", "call.example"),
        ("http://call.example", "CALL.example:80"),
        ("https://xn--bcher-kva.example", "Bücher.example"),
        ("http://[::1]:3000", "[0:0::1]:3000"),
    ],
)
def test_a_port_that_the_scheme_says_may_be_written_on_either_side(origin: str, host: str) -> None:
    assert may_open_socket(origin, host, BASE, PARENTS)


@pytest.mark.parametrize(
    ("origin", "host"),
    [("https://call.example", "call.example:80"), ("http://call.example:8080", "call.example")],
)
def test_another_port_is_another_origin(origin: str, host: str) -> None:
    assert not may_open_socket(origin, host, BASE, PARENTS)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:3000",
        "LOCALHOST.",
        "a.localhost:80",
        "127.0.0.1:3000",
        "127.9.9.9",
        "[::1]:3000",
    ],
)
def test_this_machine_has_many_names(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "0.0.0.0",  # noqa: S104 - a name in a header
        "[::]",
        "localhost:99999",
        "localhost/evil",
        "evil.example@localhost",
    ],
)
def test_no_other_name_is_this_machine(host: str) -> None:
    assert not is_this_machine(host)
