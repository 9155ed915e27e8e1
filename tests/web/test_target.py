"""Which address a request means, below any prefix and in any spelling."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest

from langdao_video.errors import BadRequest
from langdao_video.web.target import Target, check_query, receive_target


def ask(raw: str, public_path: str = "", **scope: Any) -> Target:  # noqa: ANN401 - an ASGI scope's values
    return receive_target({"path": unquote(raw), "raw_path": raw.encode(), **scope}, public_path)


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/api/sessions/a.b", "/static/assets/room-abc.js", "/a//b", "//"]
)
def test_without_a_prefix_a_path_is_what_it_is(path: str) -> None:
    assert ask(path) == Target("", path if path != "//" else "/")


@pytest.mark.parametrize("path", ["/docs", "/api/sessions", "/sessions/x", "/demo"])
def test_a_slash_at_the_end_means_the_same(path: str) -> None:
    assert ask(f"{path}/") == ask(path)


def test_mounted_the_mount_is_the_base() -> None:
    assert ask("/call/api/sessions/x", root_path="/call", app_root_path="") == Target(
        "/call", "/api/sessions/x"
    )


def test_mounted_in_an_application_whose_own_prefix_a_proxy_took_off() -> None:
    target = ask("/call/docs", root_path="/app/call", app_root_path="/app")

    assert target == Target("/app/call", "/docs")


@pytest.mark.parametrize("raw", ["/call/docs", "/docs"], ids=["left on", "taken off"])
def test_a_proxy_may_leave_the_prefix_on_or_take_it_off(raw: str) -> None:
    assert ask(raw, "/call") == Target("/call", "/docs")


@pytest.mark.parametrize("raw", ["/call", "/call/"])
def test_the_prefix_alone_is_the_first_page(raw: str) -> None:
    assert ask(raw, "/call") == Target("/call", "/")


def test_a_path_that_only_begins_like_the_prefix_is_not_below_it() -> None:
    assert ask("/caller/docs", "/call") == Target("/call", "/caller/docs")


def test_a_prefix_may_be_written_in_any_script() -> None:
    assert ask("/%D1%83%D1%80%D0%BE%D0%BA/docs", "/урок") == Target("/урок", "/docs")


def test_a_prefix_that_begins_like_our_own_paths_is_one_that_the_proxy_takes_off() -> None:
    assert ask("/api/sessions", "/api") == Target("/api", "/api/sessions")
    assert ask("/api/api/sessions", "/api", root_path="/api") == Target("/api", "/api/sessions")


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("/api/sessions/a%2Fb/statement.csv", "/api/sessions/~YS9i/statement.csv"),
        ("/api/sessions/~YS9i/statement.csv", "/api/sessions/~YS9i/statement.csv"),
        ("/sessions/%2E%2E", "/sessions/~Li4"),
        ("/sessions/..", "/sessions/~Li4"),
        ("/sessions/%61bc", "/sessions/abc"),
        ("/sessions/~YWJj", "/sessions/abc"),
    ],
)
def test_an_id_comes_in_one_spelling(raw: str, path: str) -> None:
    assert ask(raw).path == path


def test_a_path_that_middleware_changed_counts() -> None:
    scope = {"path": "/docs", "raw_path": b"/elsewhere"}

    assert receive_target(scope, "").path == "/docs"


def test_a_server_that_keeps_no_raw_path_is_served_too() -> None:
    assert receive_target({"path": "/sessions/a b"}, "").path == "/sessions/~YSBi"


def test_the_scope_says_where_the_application_is_mounted() -> None:
    assert Target("/call", "/docs").as_scope() == {
        "root_path": "/call",
        "path": "/call/docs",
        "raw_path": b"/call/docs",
    }


@pytest.mark.parametrize("raw", ["/sessions/%E9", "/%ff/x"])
def test_a_path_that_is_no_utf8_is_refused(raw: str) -> None:
    with pytest.raises(BadRequest, match="UTF-8"):
        ask(raw)


@pytest.mark.parametrize("query", [b"room=%E9", b"room=\xe9", b"a=%ED%A0%80", b"%ff"])
def test_a_query_that_is_no_utf8_is_refused(query: bytes) -> None:
    with pytest.raises(BadRequest, match=r"^'.*' in the address is not UTF-8"):
        check_query(query)


@pytest.mark.parametrize("query", [b"", b"room=%C3%A9", "room=é".encode(), b"room=100%", b"a=%zz"])
def test_every_other_query_is_one(query: bytes) -> None:
    check_query(query)
