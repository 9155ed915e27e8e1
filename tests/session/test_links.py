"""The link of R1: each parameter missing, empty, repeated, wrong, far too long; and what a correct link means."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.session.links import (
    PARAMETERS,
    Link,
    LinkRules,
    Problem,
    Query,
    make_link,
    receive_link,
)
from langdao_video.session.theme import Theme

pytestmark = pytest.mark.requirement("R1")

NOW_MS = 1_764_000_000_000
HOUR_MS = 3_600_000
ADDRESS = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
RIGHT = {
    "room": ["session-abc123"],
    "role": ["student"],
    "address": [ADDRESS],
    "language": ["es"],
    "sessionStart": [str(NOW_MS - 1_000)],
}
STRICT = LinkRules()
TEN_KB = "7" * 10_240


def problems_of(query: Query, rules: LinkRules = STRICT) -> list[Problem]:
    link = receive_link(query, NOW_MS, rules)
    assert isinstance(link, list), link
    return link


def link_of(query: Query, rules: LinkRules = STRICT) -> Link:
    link = receive_link(query, NOW_MS, rules)
    assert isinstance(link, Link), link
    return link


def test_a_correct_link_names_the_room_the_role_and_the_person() -> None:
    link = link_of(RIGHT)

    assert link == Link("session-abc123", "student", ADDRESS, "es", NOW_MS - 1_000)


@pytest.mark.parametrize("rules", [STRICT, LinkRules(lenient=True)], ids=["production", "development"])
@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize(
    "values",
    [[""], ["wrong?\n"], [TEN_KB], ["\ud800"], ["a\x00b"]],
    ids=["empty", "wrong", "10-kB", "surrogate", "NUL"],
)
def test_a_wrong_parameter_is_named_alone(name: str, values: list[str], rules: LinkRules) -> None:
    problems = problems_of(RIGHT | {name: values}, rules)

    assert [problem.parameter for problem in problems] == [name]
    assert problems[0].given is not None


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_missing_parameter_is_named_alone(name: str) -> None:
    query = {other: values for other, values in RIGHT.items() if other != name}

    problems = problems_of(query)

    assert [(problem.parameter, problem.given) for problem in problems] == [(name, None)]
    assert problems[0].must_be


@pytest.mark.parametrize("rules", [STRICT, LinkRules(lenient=True)], ids=["production", "development"])
@pytest.mark.parametrize("name", PARAMETERS)
def test_a_repeated_parameter_is_refused_even_if_both_values_are_right(name: str, rules: LinkRules) -> None:
    problems = problems_of(RIGHT | {name: RIGHT[name] * 2}, rules)

    assert [problem.parameter for problem in problems] == [name]
    assert problems[0].must_be.startswith("given once: ")


def test_all_problems_are_listed_in_the_order_of_the_table() -> None:
    problems = problems_of({})

    assert [problem.parameter for problem in problems] == list(PARAMETERS)


def test_a_problem_shows_the_given_value_but_not_ten_kilobytes_of_it() -> None:
    (problem,) = problems_of(RIGHT | {"room": [TEN_KB]})

    assert problem.given is not None
    assert len(problem.given) < 100
    assert problem.given.endswith("…")


def test_unknown_parameters_are_left_alone() -> None:
    link = link_of(RIGHT | {"utm_source": ["mail"], "debug": ["1", "2"]})

    assert link.room == "session-abc123"


@pytest.mark.requirement("R2")
@pytest.mark.parametrize("language", ["xx", "ES", "es-MX", "spanish", "eng"])
def test_a_language_outside_the_table_gets_the_list_of_those_in_it(language: str) -> None:
    (problem,) = problems_of(RIGHT | {"language": [language]})

    assert problem.parameter == "language"
    assert "es, fr, de, it, pt, ru, ja, ko, zh, ar, nl, sv, no, fi, pl, en" in problem.must_be


@pytest.mark.parametrize("role", ["Student", "teacher", "student,tutor", "admin"])
def test_a_role_is_one_of_two_words(role: str) -> None:
    (problem,) = problems_of(RIGHT | {"role": [role]})

    assert (problem.parameter, problem.given, problem.must_be) == ("role", role, "student or tutor")


class TestTheStart:
    @pytest.mark.parametrize(
        "start_ms",
        [NOW_MS, NOW_MS - 24 * HOUR_MS, NOW_MS + 5 * 60_000],
        ids=["now", "a day ago", "five minutes ahead"],
    )
    def test_may_lie_a_day_back_and_a_wrong_clock_ahead(self, start_ms: int) -> None:
        assert link_of(RIGHT | {"sessionStart": [str(start_ms)]}).session_start_ms == start_ms

    @pytest.mark.parametrize(
        "start",
        [
            str(NOW_MS + 5 * 60_000 + 1),
            str(NOW_MS + 365 * 24 * HOUR_MS),
            str(NOW_MS - 24 * HOUR_MS - 1),
            str(NOW_MS - 365 * 24 * HOUR_MS),
            str(NOW_MS // 1000),
            "0",
            "-1",
            f"+{NOW_MS}",
            f"{NOW_MS}.5",
            "1.764e12",
            f"{NOW_MS:_}",
            f" {NOW_MS}",
            "١٧٦٤٠٠٠٠٠٠٠٠٠",
            "NaN",
            "yesterday",
        ],
    )
    def test_is_a_plain_number_of_milliseconds_near_now(self, start: str) -> None:
        (problem,) = problems_of(RIGHT | {"sessionStart": [start]})

        assert problem.parameter == "sessionStart"
        assert str(NOW_MS) in problem.must_be

    def test_says_in_words_how_far_it_may_lie(self) -> None:
        (problem,) = problems_of(RIGHT | {"sessionStart": ["0"]})

        assert "not over 24 hours ago nor 5 minutes ahead" in problem.must_be


class TestTheQuickStart:
    """What development allows and the banner must name."""

    RULES = LinkRules(lenient=True)

    def test_room_and_role_are_enough(self) -> None:
        link = link_of({"room": ["test"], "role": ["student"]}, self.RULES)

        assert link == Link("test", "student", None, "es", None, ("address", "language", "sessionStart"))

    def test_a_short_address_is_taken_and_said_to_be_one(self) -> None:
        link = link_of(RIGHT | {"address": ["0x123"]}, self.RULES)

        assert (link.address, link.assumed) == ("0x123", ("shortAddress",))

    def test_a_full_link_assumes_nothing(self) -> None:
        assert link_of(RIGHT, self.RULES).assumed == ()

    def test_room_and_role_are_still_required(self) -> None:
        problems = problems_of({}, self.RULES)

        assert [problem.parameter for problem in problems] == ["room", "role"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("address", "bob"), ("language", "xx"), ("sessionStart", "soon"), ("address", ""), ("relay", "yes")],
    )
    def test_given_parameters_are_still_checked(self, name: str, value: str) -> None:
        (problem,) = problems_of({"room": ["test"], "role": ["tutor"], name: [value]}, self.RULES)

        assert problem.parameter == name

    def test_short_addresses_do_not_work_in_production(self) -> None:
        (problem,) = problems_of(RIGHT | {"address": ["0x123"]})

        assert (problem.parameter, problem.given) == ("address", "0x123")


@pytest.mark.requirement("R4")
@pytest.mark.parametrize("base", ["https://call.example", "https://call.example/", "http://localhost:3000"])
def test_a_link_stands_on_its_base(base: str) -> None:
    url = make_link(base, Link("r", "tutor", ADDRESS, "es", NOW_MS))

    expected = f"/?room=r&role=tutor&address={ADDRESS}&language=es&sessionStart={NOW_MS}"
    assert url == base.rstrip("/") + expected


def test_a_token_goes_into_the_fragment_that_no_server_logs() -> None:
    url = make_link("https://call.example", Link("r", "tutor", ADDRESS, "es", NOW_MS), "secret.token")

    assert url.endswith(f"sessionStart={NOW_MS}#token=secret.token")


def test_without_a_token_the_name_and_the_look_stand_in_the_link_itself() -> None:
    link = Link("r", "tutor", ADDRESS, "es", NOW_MS, name="marta.eth", theme=Theme(accent="#0f766e"))

    url = urlsplit(make_link("https://call.example", link))

    assert parse_qs(url.query)["name"] == ["marta.eth"]
    [theme] = parse_qs(url.fragment)["look"]
    assert json.loads(base64.urlsafe_b64decode(theme + "==")) == {"accent": "#0f766e"}


def test_a_development_link_says_that_its_participant_hides_their_address() -> None:
    url = make_link("http://localhost:3000", replace(link_of(RIGHT), relay_only=True))

    assert link_of(parse_qs(urlsplit(url).query), LinkRules(lenient=True)).relay_only
    assert "relay" not in make_link("https://call.example", replace(link_of(RIGHT), relay_only=True), "a.b.c")
    assert not link_of(
        RIGHT | {"relay": ["whatever"]}
    ).relay_only  # where links are signed, the token says it


def test_with_a_token_they_stand_in_the_token_alone() -> None:
    link = Link("r", "tutor", ADDRESS, "es", NOW_MS, name="marta.eth", theme=Theme(accent="#0f766e"))

    url = make_link("https://call.example", link, "secret.token")

    assert "marta" not in url
    assert "look" not in url


@pytest.mark.parametrize("name", ["", " ", "a" * 65, "Ana\u202e", "Ana\n", "\u3164", "\u2800"])
def test_a_name_that_cannot_be_shown_is_a_problem_of_the_link(name: str) -> None:
    [problem] = problems_of(RIGHT | {"name": [name]})

    assert problem.parameter == "name"


printable = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=256)


@given(room=printable)
def test_any_room_survives_the_way_through_a_link(room: str) -> None:
    made = Link(room, "student", ADDRESS, "ja", NOW_MS)

    query = parse_qs(urlsplit(make_link("https://call.example", made)).query, keep_blank_values=True)

    assert link_of(query) == made


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"


@pytest.mark.parametrize("room", [FAMILY, PERSIAN, " ", "/", ".."])
@pytest.mark.requirement("R1")
def test_a_room_is_any_string_also_one_of_emoji_and_joined_letters(room: str) -> None:
    assert link_of(RIGHT | {"room": [room]}).room == room


@pytest.mark.parametrize("room", ["a\0", "a\n", "a\u202eb", "a\u2028b", "\x1b[2J", "a\u200bb"])
def test_a_room_with_characters_that_only_deceive_is_refused(room: str) -> None:
    assert [problem.parameter for problem in problems_of(RIGHT | {"room": [room]})] == ["room"]


names = st.sampled_from([*PARAMETERS, "other"])
values = st.lists(st.text(max_size=50) | st.sampled_from([v[0] for v in RIGHT.values()]), max_size=3)


@given(query=st.dictionaries(names, values), lenient=st.booleans())
def test_any_query_gives_a_link_or_a_list_of_problems(query: dict[str, list[str]], *, lenient: bool) -> None:
    link = receive_link(query, NOW_MS, LinkRules(lenient=lenient))

    if isinstance(link, list):
        assert link
        assert {problem.parameter for problem in link} <= set(PARAMETERS)
    else:
        assert link.room
        assert link.role in {"student", "tutor"}
