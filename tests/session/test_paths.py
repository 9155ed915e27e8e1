"""A session's id in a path: each id has one spelling that browsers and proxies keep, and no two ids share it."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.errors import BadRequest
from langdao_video.session.paths import read_segment, write_segment

STRANGE = [
    "a/b",
    ".",
    "..",
    "a b",
    "100%",
    "a?b",
    "a#b",
    "a\\b",
    "урок",
    "👩🏽‍🏫",
    "~",
    "~abc",
    "a.",
    ".a",
    "a;b",
    "%2F",
    "a+b",
]
ids = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=256)


@given(ids)
def test_every_id_comes_back_from_its_address(text: str) -> None:
    assert read_segment(write_segment(text)) == text


@given(ids)
def test_an_address_is_nothing_that_a_browser_or_a_proxy_changes(text: str) -> None:
    segment = write_segment(text)

    assert re.fullmatch(r"[A-Za-z0-9_~-]([A-Za-z0-9._~-]*[A-Za-z0-9_-])?", segment)
    assert urlsplit(urljoin("https://a.example/x/y", f"/sessions/{segment}")).path == f"/sessions/{segment}"


@pytest.mark.parametrize("text", [text for text in STRANGE if not text.startswith("~")])
def test_percent_encoding_works_too_where_it_arrives(text: str) -> None:
    assert read_segment(quote(text, safe="")) == text


@pytest.mark.parametrize("segment", ["~YSBi", "~YSBi=", "~YS9iYw==", "~YS9iYw"])
def test_padding_may_be_there(segment: str) -> None:
    assert read_segment(segment) in ("a b", "a/bc")


@pytest.mark.parametrize("text", ["session-abc123", "a", "lesson_1", "a.b~c", "x" * 256])
def test_a_plain_id_is_written_as_it_is(text: str) -> None:
    assert write_segment(text) == text


@pytest.mark.parametrize(
    ("text", "segment"), [("a/b", "~YS9i"), ("..", "~Li4"), ("урок", "~0YPRgNC-0Lo"), ("🎓?", "~8J-Okz8")]
)
def test_the_client_writes_the_same(text: str, segment: str) -> None:
    assert write_segment(text) == segment  # client/tests/own.test.ts


@pytest.mark.parametrize("text", STRANGE)
def test_every_other_is_written_in_base64url(text: str) -> None:
    assert re.fullmatch(r"~[A-Za-z0-9_-]+", write_segment(text))


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        ("%E9", "url-not-unicode"),
        ("a%ff", "url-not-unicode"),
        ("%ED%A0%80", "url-not-unicode"),
        ("~a", "url-invalid"),
        ("~a b", "url-invalid"),
        ("~YW=Jj", "url-invalid"),
        ("~_w", "url-invalid"),
        ("~é", "url-invalid"),
        ("a%00b", "url-invalid"),
        ("~AA", "url-invalid"),
    ],
)
def test_other_texts_are_no_address(segment: str, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_segment(segment)

    assert refused.value.code == code
