"""The rules of endpoints: each refusal says what would be right, and none repeats a secret."""

from __future__ import annotations

from typing import get_args

import pytest

from langdao_video.delivery.endpoints import (
    EVENT_TYPES,
    SECRETS_MAX,
    add_secret,
    receive_secret,
    receive_types,
    receive_url,
)
from langdao_video.errors import BadRequest
from langdao_video.session.facts import Fact, SessionCreated, TutorAccepted

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"


@pytest.mark.parametrize(
    "url", ["https://platform.example/hook", "https://platform.example:8443/?a=b", "https://[2001:db8::1]/x"]
)
def test_a_full_url_is_taken_as_it_is(url: str) -> None:
    assert receive_url(url, needs_https=True) == url


def test_http_is_for_development() -> None:
    assert receive_url("http://localhost:4000/", needs_https=False) == "http://localhost:4000/"

    with pytest.raises(BadRequest, match="only to https") as refused:
        receive_url("http://platform.example/", needs_https=True)
    assert refused.value.code == "endpoint-url"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("platform.example/hook", "no full URL"),
        ("ftp://platform.example/", "no full URL"),
        ("https:///hook", "no full URL"),
        ("https://user:word@platform.example/", "user name or password"),
        ("https://platform.example/#part", "fragment"),
        ("https://platform.example/a b", "must encode"),
        ("https://plätform.example/", "must encode"),
        ("https://platform.example:99999/", "is no URL"),
        ("https://[::1/", "is no URL"),
        ("https://platform.example/" + "a" * 2_000, "more than 2000 characters"),
    ],
)
def test_another_url_is_refused_with_what_would_be_right(url: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        receive_url(url, needs_https=False)


def test_the_types_are_all_that_platforms_get() -> None:
    made_by_requests = {SessionCreated, TutorAccepted}

    facts = {fact.type for fact in get_args(Fact) if fact not in made_by_requests}

    assert set(EVENT_TYPES) == facts | {"session-heartbeat"}


def test_a_filter_keeps_one_order_and_names_each_type_once() -> None:
    assert receive_types(["bill-final", "user-connected", "bill-final"]) == ("user-connected", "bill-final")
    assert receive_types(None) is None


def test_an_unknown_type_is_refused_with_the_list_of_types() -> None:
    with pytest.raises(BadRequest, match="'user-conected' is no event type") as refused:
        receive_types(["user-conected"])

    assert all(name in refused.value.message for name in EVENT_TYPES)


def test_an_empty_filter_would_send_nothing() -> None:
    with pytest.raises(BadRequest, match="leave it out for all types"):
        receive_types([])


@pytest.mark.parametrize("secret", ["whsec_%%%", "whsec_" + KEY[:20], "whsec_", "päss" * 10])
def test_a_bad_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(BadRequest, match=r"base64|bytes") as refused:
        receive_secret(secret)

    assert refused.value.code == "endpoint-secret"
    assert len(secret) < 7 or secret not in refused.value.message


def test_a_secret_is_kept_with_its_prefix() -> None:
    assert receive_secret(f"whsec_{KEY}") == receive_secret(KEY) == f"whsec_{KEY}"


def test_a_new_secret_comes_first_and_the_old_ones_stay() -> None:
    assert add_secret(("a",), "b") == ("b", "a")
    assert add_secret(("a", "b"), "b") == ("a", "b"), "a repeated request adds nothing"

    with pytest.raises(BadRequest, match="remove the old ones"):
        add_secret([str(number) for number in range(SECRETS_MAX)], "new")
