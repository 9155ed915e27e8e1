"""Links that mail and chat programs damaged: which damage is repaired, and what stays as it is."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.session.link_repair import (
    find_token,
    is_tracking,
    repair_path,
    repair_query,
    repair_token,
    strip_junk,
)

PAIRS = [
    ("room", "session-a.b"),
    ("role", "student"),
    ("address", "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"),
    ("language", "es"),
    ("sessionStart", "1764000000000"),
]
QUERY = urlencode(PAIRS)
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiJ4In0.c2ln-_bmF0"  # noqa: S105 - no token of anyone


def pairs_of(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


@pytest.mark.parametrize(
    "query",
    [
        QUERY.replace("&", "&amp;"),
        QUERY.replace("&", "&AMP;"),
        QUERY.replace("&", "&amp;amp;"),
        *(
            f"{QUERY}{mark}"
            for mark in (
                ".",
                ")",
                ">",
                "%3E",
                '"',
                "%22",
                "'",
                ",",
                "”",
                "»",
                "…",
                "%E2%80%A6",
                ").",
                "*",
                "]",
            )
        ),
        QUERY.replace("student", "%0D%0A student"),
        QUERY.replace("1764", "1764%20"),
        QUERY.replace("1764", "1764%E2%80%8B"),
        QUERY.replace("=", "=3D"),
        QUERY.replace("=", "%3D"),
        QUERY.replace("&", "%26"),
    ],
)
def test_the_damage_of_a_mailer_is_repaired(query: str) -> None:
    repaired = repair_query(pairs_of(query))

    assert repaired.pairs == tuple(PAIRS)
    assert (repaired.fragment, repaired.is_changed) == (None, True)


@pytest.mark.parametrize("mark", ["%23", "%2523"])
@pytest.mark.parametrize("after", ["", ".", ")", "&fbclid=x", "%26amp;x=y", "%0A"])
def test_a_token_that_slid_into_the_query_goes_back_into_the_fragment(mark: str, after: str) -> None:
    repaired = repair_query(pairs_of(f"{QUERY}{mark}token={TOKEN}{after}"))

    assert repaired.pairs == tuple(PAIRS)
    assert repaired.fragment is not None
    assert repair_token(repaired.fragment[1]) == TOKEN
    assert repaired.as_reference().startswith(f"?{QUERY}#token={TOKEN}")


@pytest.mark.parametrize(
    "query", [f"{QUERY}&token={TOKEN}", f"{QUERY}&amp;token={TOKEN}", f"token={TOKEN}&{QUERY}"]
)
def test_a_token_whose_sign_became_an_ampersand_goes_back_too(query: str) -> None:
    assert repair_query(pairs_of(query)).fragment == ("token", TOKEN)


@pytest.mark.parametrize(
    "name", ["fbclid", "gclid", "utm_source", "UTM_Campaign", "mc_eid", "_hsenc", "igsh", "msclkid"]
)
def test_tracking_parameters_are_known(name: str) -> None:
    assert is_tracking(name)
    assert repair_query([*PAIRS, (name, "x")]).pairs == tuple(PAIRS)


@pytest.mark.parametrize(
    "query", [f"{QUERY[:-20]}…", f"{QUERY[:-20]}...", QUERY.rpartition("=")[0][:-4]], ids=["…", "...", "cut"]
)
def test_a_link_that_ends_in_the_middle_was_changed(query: str) -> None:
    assert repair_query(pairs_of(query)).is_changed


@given(st.text(min_size=1, max_size=40))
def test_a_correct_link_with_any_room_stays_as_it_is(room: str) -> None:
    pairs = [("room", room), *PAIRS[1:]]

    repaired = repair_query(pairs)

    assert repaired.pairs == tuple(pairs)
    assert (repaired.fragment, repaired.is_changed) == (None, False)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/demo.", "demo"),
        ("/demo)", "demo"),
        ("/call/demo”.", "demo"),
        ("/)", "./"),
        ("/>", "./"),
        (f"/?{QUERY}", f"./?{QUERY}"),
        ("/demo", None),
        ("/elsewhere.", None),
        ("/sessions/x?room=y", None),
        ("/", None),
    ],
)
def test_a_path_leads_where_it_should_have(path: str, leads_to: str | None) -> None:
    assert repair_path(path, ("", "demo", "docs")) == leads_to


MANY = 1_000_000
"""So many that a rule whose time grows with the square of the length would still be at work when the test run ends."""


def test_signs_without_end_before_the_last_letter_are_kept_and_stop_nobody_for_long() -> None:
    signs = "." * MANY

    assert strip_junk(f"{signs}a)") == f"{signs}a"
    assert repair_path(f"/{signs}a", ("", "demo", "docs")) is None


@pytest.mark.parametrize("text", ["ey-" * MANY, "ey-" * MANY + ".", "ey." + "-ey" * MANY])
def test_half_tokens_without_end_are_no_token(text: str) -> None:
    assert find_token(text) is None


@pytest.mark.parametrize("before", ["", "?token=", "x-", "token-ey-", ".", "=3D.", "é"])
def test_a_token_is_found_in_any_text(before: str) -> None:
    found = find_token(f"{before}{TOKEN}, and more")

    assert found is not None
    assert found.endswith(TOKEN)
