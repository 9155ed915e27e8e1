"""Repairs links that mail and chat programs damaged. Pure.

Law: a correct link stays as it is. Only a change that nobody can have meant is undone, so that no repair opens a
different session.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from langdao_video.session.links import PARAMETERS

Pairs = Sequence[tuple[str, str]]

# Parameters that mailers, social networks and analytics add to addresses. We ignore them.
_TRACKING_PREFIXES: Final = (
    *("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "mc_", "_hs", "__hs", "vero_", "oly_", "elq"),
    *("fb_", "guce_", "at_", "sc_", "_branch_", "action_"),
)
_TRACKING: Final = frozenset(
    {
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid"),
        *(
            "ttclid",
            "rdt_cid",
            "scclid",
            "li_fat_id",
            "lipi",
            "igsh",
            "igshid",
            "mibextid",
            "srsltid",
            "epik",
        ),
        *(
            "mkt_tok",
            "_ga",
            "_gl",
            "_openstat",
            "s_cid",
            "s_kwcid",
            "wickedid",
            "zanpid",
            "wt_mc",
            "irclickid",
        ),
        *(
            "cvid",
            "ocid",
            "icid",
            "ncid",
            "cmpid",
            "xtor",
            "spm",
            "si",
            "trk",
            "trkcampaign",
            "ref",
            "ref_src",
        ),
        *("ref_url", "guccounter", "__twitter_impression", "_x_tr_sl", "_x_tr_tl", "_x_tr_hl", "_x_tr_pto"),
    }
)
_AMP: Final = re.compile(r"^(amp;)+", re.IGNORECASE)
# Tokens and themes (`look` in a link) are JSON objects in base64, where `{"` is `ey`.
_FRAGMENT: Final = re.compile(
    r"(?:#|%23|%2523)(token|look)(?:=|%3D)(?:3D)?(ey[\w.-]+).*", re.IGNORECASE | re.DOTALL
)
_TOKEN: Final = re.compile(r"(?:3D)?([\w-]+(?:\.[\w-]+)*)", re.ASCII)
# The lookahead finds the dots once in each run of letters, and not again at each `ey` of the run: a stranger wrote
# the text, and the time grows with its length alone.
_JWT: Final = re.compile(r"(?<![\w-])(?=[\w-]+\.[\w-]+\.[\w-])[\w-]*?\b(ey[\w-]+\.[\w-]+\.[\w-]+)", re.ASCII)
_GAPS: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_QUOTED_PRINTABLE: Final = "3D"
_PLAIN: Final = frozenset(PARAMETERS) - {"room"}
"""Parameters whose correct values have only letters and digits."""
_BARE: Final = re.compile(r".*[0-9A-Za-z]", re.DOTALL)
"""All up to the last letter or digit. It looks from the end; a search for the signs at the end would begin at each sign
and take three seconds for the longest address that a stranger may send."""
_CUT: Final = re.compile(r"(…|\.\.\.|%E2%80%A6)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RepairedLink:
    """The query of a link as the platform sent it, and the *fragment* (a token or theme) that had become part of it."""

    pairs: tuple[tuple[str, str], ...]
    fragment: tuple[str, str] | None
    is_changed: bool
    """Whether a repair was made, or the end of the link is missing."""

    def as_reference(self) -> str:
        """Return the link relative to the page's own address (RFC 3986 §4.2)."""
        return f"?{urlencode(self.pairs)}" + (f"#{urlencode([self.fragment])}" if self.fragment else "")

    def as_query(self) -> dict[str, list[str]]:
        """Return each parameter with all of its values."""
        return group_values(self.pairs)


def group_values(pairs: Pairs) -> dict[str, list[str]]:
    """Return each name with all of its values, in one pass: a stranger chose how many names there are."""
    query: dict[str, list[str]] = {}
    for name, value in pairs:
        query.setdefault(name, []).append(value)
    return query


def is_tracking(name: str) -> bool:
    """Tell whether a mailer, a social network or an analytics tool added the parameter."""
    return name.lower() in _TRACKING or name.lower().startswith(_TRACKING_PREFIXES)


def repair_query(pairs: Pairs, query: str = "") -> RepairedLink:
    """Undo the usual damage: `&amp;`, `%23token=`, `=3D`, line breaks, a full stop or bracket at the end.

    *query* is the whole query. If it ends with `&`, the link was damaged and its rest is lost: a browser sends only
    `room=x&` of `room=x&#38;role=…`.
    """
    named = [_repair_name(name, value) for name, value in _split_whole(pairs)]
    fragment: tuple[str, str] | None = None
    repaired: list[tuple[str, str]] = []
    for name, value in named:
        rest = value
        if found := _FRAGMENT.search(value):
            fragment = (found[1].lower(), found[2])
            rest = value[: found.start()]
        elif name in ("token", "look") and (token := repair_token(value)).startswith("ey"):
            fragment = (name, token)
            continue
        repaired.append((name, rest))
    if _is_quoted_printable(repaired):
        repaired = [(name, value.removeprefix(_QUOTED_PRINTABLE)) for name, value in repaired]
    repaired = [(name, _repair_plain(value) if name in _PLAIN else value) for name, value in repaired]
    is_changed = fragment is not None or repaired != list(pairs) or _is_cut(pairs) or query.endswith("&")
    kept = tuple((name, value) for name, value in repaired if not is_tracking(name))
    return RepairedLink(kept, fragment, is_changed)


def repair_path(path: str, pages: Sequence[str]) -> str | None:
    """Return the address that a damaged path should have been, relative to it: a call or one of *pages*; else None.

    Examples: in `/%3Froom=…` the question mark was escaped; `/demo).` was the end of a sentence.
    """
    last = path.rpartition("/")[2]
    page, mark, query = path.partition("?")
    if mark and f"{PARAMETERS[0]}=" in query and page.endswith("/"):
        return f"./?{quote(query, safe='=&%+')}"
    bare = strip_junk(last)
    return (bare or "./") if bare != last and bare in pages else None


def repair_token(text: str) -> str:
    """Return the token at the start of *text*, without the text that follows it."""
    found = _TOKEN.match(_GAPS.sub("", text))
    return found[1] if found else ""


def find_token(text: str) -> str | None:
    """Return the signed token in *text*, which is a link or the token itself; None if there is none."""
    found = _JWT.search(text)
    return found[1] if found else None


def strip_junk(text: str) -> str:
    """Strip the signs that end a sentence: `.`, `)`, `>`, quotes, `…`."""
    found = _BARE.match(text)
    return found[0] if found else ""


def _split_whole(pairs: Pairs) -> Pairs:
    """Split a query that was escaped as a whole, as in `?room=x%26role=student…`, which is a single parameter."""
    if len(pairs) == 1 and "&role=" in "=".join(pairs[0]):
        return parse_qsl("=".join(pairs[0]), keep_blank_values=True)
    return pairs


def _repair_name(name: str, value: str) -> tuple[str, str]:
    if not value and "=" in name:  # `role%3Dstudent`
        name, _, value = name.partition("=")
    return _AMP.sub("", _GAPS.sub("", name)), value


def _repair_plain(value: str) -> str:
    return strip_junk(_GAPS.sub("", value))


def _is_quoted_printable(pairs: Pairs) -> bool:
    """Tell whether each `=` was written as `=3D` (RFC 2045 §6.7). Of our values only a room may begin with `3D`."""
    values = [value for name, value in pairs if name in PARAMETERS]
    return bool(values) and all(value.startswith(_QUOTED_PRINTABLE) for value in values)


def _is_cut(pairs: Pairs) -> bool:
    """Tell whether the link is a shortened one: a program showed it with `…`, and somebody copied that text."""
    name, value = pairs[-1] if pairs else ("", "")
    begins = not value and any(each.startswith(name) and each != name for each in PARAMETERS)
    return bool(name and begins) or _CUT.search(value or name) is not None
