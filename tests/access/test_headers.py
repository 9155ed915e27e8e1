"""The security headers of pages and of all other answers."""

from __future__ import annotations

import pytest

from langdao_video.access.headers import answer_headers, page_headers

HOST = "call.example"
PARENTS = ("'self'", "https://platform.example", "http://localhost:*")


def policy_of(headers: dict[str, str]) -> dict[str, list[str]]:
    directives = (part.split() for part in headers["content-security-policy"].split("; "))
    return {name: sources for name, *sources in directives}


def test_nothing_comes_from_elsewhere_and_no_script_stands_in_the_page() -> None:
    policy = policy_of(page_headers((HOST,), PARENTS))

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    allowed = {source for name, sources in policy.items() if name != "frame-ancestors" for source in sources}
    assert allowed <= {
        "'none'", "'self'", "data:", "blob:", "mediastream:", f"ws://{HOST}", f"wss://{HOST}"
    }  # fmt: skip


def test_only_the_parents_that_were_configured_may_frame_the_page() -> None:
    assert policy_of(page_headers((HOST,), PARENTS))["frame-ancestors"] == list(PARENTS)


@pytest.mark.requirement("R5")
@pytest.mark.parametrize("host", ["call.example", "localhost:3000", "[::1]:3000", "10.0.0.1:8443"])
def test_the_socket_of_this_host_may_be_reached(host: str) -> None:
    assert policy_of(page_headers((host,), PARENTS))["connect-src"] == [
        "'self'",
        f"ws://{host}",
        f"wss://{host}",
    ]


@pytest.mark.parametrize(
    "host", ["", "a b", "evil.example; script-src *", "x\r\nset-cookie: a", "a,b", "x:999999"]
)
def test_a_host_header_cannot_write_into_the_policy(host: str) -> None:
    headers = page_headers((host,), PARENTS)

    assert policy_of(headers)["connect-src"] == ["'self'"]
    assert not any("\n" in value or "\r" in value for value in headers.values())


def test_a_page_is_not_sniffed_kept_or_referred_to() -> None:
    headers = page_headers((HOST,), PARENTS)

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers


def test_a_socket_of_the_links_own_host_may_be_opened_where_a_proxy_passes_another() -> None:
    policy = policy_of(page_headers(("10.0.0.1:3000", HOST), PARENTS))

    assert policy["connect-src"] == [
        "'self'",
        "ws://10.0.0.1:3000",
        "wss://10.0.0.1:3000",
        f"ws://{HOST}",
        f"wss://{HOST}",
    ]


def test_a_platform_that_isolates_its_page_may_frame_ours() -> None:
    headers = page_headers((HOST,), PARENTS)

    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["cross-origin-resource-policy"] == "cross-origin"


def test_a_call_that_a_platform_opens_keeps_its_opener_and_no_other_page_does() -> None:
    assert page_headers((HOST,), PARENTS, is_call=True)["cross-origin-opener-policy"] == "unsafe-none"
    assert page_headers((HOST,), PARENTS)["cross-origin-opener-policy"] == "same-origin"


def test_data_is_never_run_framed_stored_or_sniffed() -> None:
    assert answer_headers(is_https=False) == {
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }


def test_a_browser_that_came_by_https_never_uses_plain_http_again() -> None:
    assert answer_headers(is_https=True)["strict-transport-security"] == "max-age=31536000"
