"""Reads and writes the link that opens a call (R1–R5), and says what is wrong with a bad one.

Pure: a query in, a Link or the list of its Problems out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from langdao_video.session.address import is_address, is_short_address
from langdao_video.session.events import SESSION_ID_CHARACTERS_MAX
from langdao_video.session.languages import LANGUAGES
from langdao_video.session.roles import ROLES, Role
from langdao_video.session.text import has_hidden
from langdao_video.session.theme import NAME_CHARACTERS_MAX, Theme, is_name

PARAMETERS: Final = ("room", "role", "address", "language", "sessionStart")
ASSUMED_LANGUAGE: Final = "es"
TOKEN_CHARACTERS_MAX: Final = 5_120
"""The longest signed token that a link's fragment may have."""
_UNIX_MS_DIGITS_MAX: Final = 15
_GIVEN_CHARACTERS_MAX: Final = 60

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class LinkRules:
    """What a link may omit, and how far its start may be from now."""

    lenient: bool = False
    """For development: short addresses and links with only `room` and `role` work, and a banner says so."""
    start_age_ms_max: int = 24 * 3_600_000
    start_ahead_ms_max: int = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Grant:
    """What a revocation needs to recognize a signed link: its *id*, its session, and when it was made (Unix ms)."""

    id: str | None
    session_id: str
    issued_ms: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Which links revocations may concern: those with these ids, and those of these sessions; None: of all sessions."""

    links: frozenset[str] = frozenset()
    sessions: frozenset[str] | None = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """A correct link. A parameter that a development link omits is None and is named in *assumed*."""

    room: str
    role: Role
    address: str | None
    language: str
    session_start_ms: int | None
    assumed: tuple[str, ...] = ()
    name: str | None = None
    """The participant's name in the call. Without a name the page shows the address."""
    theme: Theme | None = None
    relay_only: bool = False
    """The link hides its participant's address from the peer: their page uses relays only."""
    grant: Grant | None = field(default=None, compare=False)
    """How a revocation recognizes the link; None for a development link."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a parameter must be, as a *name* and its *values*, from which a page writes a text in its own language."""

    name: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one parameter: what was *given* (None if it is missing), and what it *must_be* (English)."""

    parameter: str
    given: str | None
    must_be: str
    rule: Rule
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One row of the table of parameters: how to check the parameter, and in words what it must be."""

    name: str
    must_be: str
    rule: Rule
    fits: Callable[[str], bool]
    optional: bool = False


def receive_link(query: Query, now_ms: int, rules: LinkRules) -> Link | list[Problem]:
    """Read the query of a link, in which each parameter has a list of values.

    Returns all problems at once, in the order of R1. Unknown parameters are ignored.
    """
    given: dict[str, str] = {}
    problems: list[Problem] = []
    for parameter in _parameters(now_ms, rules):
        values = query.get(parameter.name, ())
        if not values and parameter.optional:
            continue
        if len(values) == 1 and parameter.fits(values[0]):
            given[parameter.name] = values[0]
        else:
            problems.append(_problem(parameter, values))
    if problems:
        return problems
    address = given.get("address")
    start = given.get("sessionStart")
    assumed = [name for name in ("address", "language", "sessionStart") if name not in given]
    if address is not None and not is_address(address):
        assumed.insert(0, "shortAddress")
    return Link(
        room=given["room"],
        role="student" if given["role"] == "student" else "tutor",
        address=address,
        language=given.get("language", ASSUMED_LANGUAGE),
        session_start_ms=None if start is None else int(start),
        assumed=tuple(assumed),
        name=given.get("name"),
        relay_only="relay" in given,
    )


def make_link(base_url: str, link: Link, token: str | None = None) -> str:
    """Write the link that opens the call (R4). The token goes into the fragment, which no server logs."""
    query = {
        "room": link.room,
        "role": link.role,
        "address": link.address or "",
        "language": link.language,
        "sessionStart": str(link.session_start_ms or 0),
    }
    fragment = {}
    if token:
        fragment["token"] = token
    else:
        # Links are not signed in development: the link itself carries what the token would carry.
        query |= {"name": link.name} if link.name else {}
        query |= {"relay": "1"} if link.relay_only else {}
        fragment |= {"look": link.theme.as_fragment()} if link.theme else {}
    return f"{base_url.rstrip('/')}/?{urlencode(query)}" + (f"#{urlencode(fragment)}" if fragment else "")


def is_room(text: str) -> bool:
    """Tell whether *text* may be a session's id: 1–256 characters, none hidden but the joiners of emoji and Persian."""
    return 0 < len(text) <= SESSION_ID_CHARACTERS_MAX and not has_hidden(text)


def _parameters(now_ms: int, rules: LinkRules) -> tuple[_Parameter, ...]:
    hours, minutes = (rules.start_age_ms_max // 3_600_000, rules.start_ahead_ms_max // 60_000)

    def is_start(text: str) -> bool:
        if not (text.isascii() and text.isdigit() and len(text) <= _UNIX_MS_DIGITS_MAX):
            return False
        return now_ms - rules.start_age_ms_max <= int(text) <= now_ms + rules.start_ahead_ms_max

    may_miss = rules.lenient
    start = f"Unix time in milliseconds, not over {hours} hours ago nor {minutes} minutes ahead (now it is {now_ms})"
    return (
        _Parameter(
            "room",
            f"the session's id, 1 to {SESSION_ID_CHARACTERS_MAX} printable characters",
            Rule("room", {"max": SESSION_ID_CHARACTERS_MAX}),
            is_room,
        ),
        _Parameter("role", "student or tutor", _one_of(ROLES), lambda text: text in ROLES),
        _Parameter(
            "address",
            "an Ethereum address, 0x and 40 hex digits",
            Rule("address"),
            is_short_address if rules.lenient else is_address,
            optional=may_miss,
        ),
        _Parameter(
            "language",
            f"one of {', '.join(LANGUAGES)}",
            _one_of(LANGUAGES),
            lambda text: text in LANGUAGES,
            optional=may_miss,
        ),
        _Parameter(
            "sessionStart",
            start,
            Rule("start", {"hours": hours, "minutes": minutes, "now": str(now_ms)}),
            is_start,
            optional=may_miss,
        ),
        _Parameter(
            "name",
            f"a name of 1 to {NAME_CHARACTERS_MAX} printable characters",
            Rule("name", {"max": NAME_CHARACTERS_MAX}),
            is_name,
            optional=True,
        ),
        *((_RELAY,) if rules.lenient else ()),
    )


def _one_of(values: Iterable[str]) -> Rule:
    return Rule("one-of", {"values": ", ".join(values)})


_RELAY: Final = _Parameter("relay", "1, or left out", _one_of("1"), "1".__eq__, optional=True)
"""Only where links are not signed. Elsewhere the token says it."""


def _problem(parameter: _Parameter, values: Sequence[str]) -> Problem:
    if not values:
        return Problem(parameter.name, None, parameter.must_be, parameter.rule)
    if len(values) > 1:
        given = ", ".join(_shorten(v) for v in values[:2])
        must_be = f"given once: {parameter.must_be}"
        return Problem(parameter.name, given, must_be, parameter.rule, is_repeated=True)
    return Problem(parameter.name, _shorten(values[0]), parameter.must_be, parameter.rule)


def _shorten(text: str) -> str:
    return text if len(text) <= _GIVEN_CHARACTERS_MAX else f"{text[:_GIVEN_CHARACTERS_MAX]}…"
