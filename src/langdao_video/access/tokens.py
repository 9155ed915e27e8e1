"""Signed tokens: a link token proves which seat its holder may take; a resume token takes a seat back.

The tokens are JWTs with HS256 and no other algorithm (RFC 7519, RFC 8725 §3.1). Keys under 32 bytes are refused. The
first key signs and all keys verify, so a platform changes the key by putting a new one in front.
"""

from __future__ import annotations

import hmac
import json
import math
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, Field, ValidationError, field_validator

from langdao_video.errors import BadRequest, NotAllowed, NotFound
from langdao_video.session.address import is_address
from langdao_video.session.events import UNIX_MS_MIN, Address, SessionId, UnixMs
from langdao_video.session.languages import LANGUAGES
from langdao_video.session.link_repair import find_token
from langdao_video.session.links import TOKEN_CHARACTERS_MAX, Grant, Link, LinkRules
from langdao_video.session.resume import Resume
from langdao_video.session.roles import Role
from langdao_video.session.theme import DisplayName, Theme

KEY_BYTES_MIN: Final = 32
LINK_LIFETIME_MS: Final = 24 * 3_600_000
STATEMENT_LIFETIME_MS: Final = 90 * 24 * 3_600_000
RESUME_LIFETIME_MS: Final = 24 * 3_600_000
LEEWAY_MS: Final = 60_000
"""How far the clock of the maker of a token may be ahead of ours."""
_ALGORITHMS: Final = ["HS256"]

Use = Literal["link", "resume", "statement"]

LIFETIME_MS_MAX: Final[dict[Use, int]] = {
    "link": 7 * 24 * 3_600_000,
    "resume": 7 * 24 * 3_600_000,
    "statement": STATEMENT_LIFETIME_MS,
}
"""The longest time from `iat` to `exp`, also for tokens that a platform makes with our key. It bounds a leak's harm."""

_ID_START: Final = "lnk_"
_ID_MADE_CHARACTERS: Final = 16
_ID_CHECK_CHARACTERS: Final = 8


class _LinkClaims(BaseModel):
    sid: SessionId
    role: Role
    adr: Address
    lng: str
    sst: UnixMs
    nam: DisplayName | None = None
    rly: bool = False
    jti: Annotated[str, Field(min_length=1, max_length=64)] | None = None

    @field_validator("lng")
    @classmethod
    def _is_known(cls, code: str) -> str:
        if code not in LANGUAGES:
            raise ValueError(f"{code!r} is none of the languages")
        return code

    @field_validator("adr")
    @classmethod
    def _is_address(cls, address: str) -> str:
        if not is_address(address):
            raise ValueError(f"{address!r} is not 0x and 40 hex digits")
        return address


class _ResumeClaims(BaseModel):
    sid: SessionId
    role: Role
    epoch: Annotated[int, Field(strict=True, ge=1)]
    page: str
    adr: Address


class _Utf8(json.JSONEncoder):
    """Write letters without escapes (RFC 8259 §8.1): an escaped letter is up to three times as long."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - json's own
        super().__init__(**{**options, "ensure_ascii": False, "separators": (",", ":")})


class Tokens:
    """Make and check tokens with the keys of this service."""

    def __init__(self, keys: Sequence[str]) -> None:
        for key in keys:
            if len(key.encode()) < KEY_BYTES_MIN:
                raise ValueError(
                    f"A link key needs at least {KEY_BYTES_MIN} bytes: `openssl rand -hex 32` makes one."
                )
        self._keys = [OctKey.import_key(key) for key in keys]
        self._secrets = [key.encode() for key in keys]

    def make_link_token(self, link: Link, now_ms: int) -> str:
        """Sign what *link* says and its expiry (24 h from now) together.

        Raises BadRequest `link-too-long` if the token is too long for a page to join with it.
        """
        claims = {
            "sid": link.room,
            "role": link.role,
            "adr": link.address,
            "lng": link.language,
            "sst": link.session_start_ms,
            **({"nam": link.name} if link.name else {}),
            **({"rly": True} if link.relay_only else {}),
            **({"look": link.theme.as_claim()} if link.theme else {}),
        }
        token = self._make("link", {**claims, "jti": self._make_id()}, now_ms, LINK_LIFETIME_MS)
        if len(token) > TOKEN_CHARACTERS_MAX:
            theme = link.theme or Theme()
            logo, next_page = len(theme.logo or ""), len(theme.next or "")
            raise BadRequest(
                "link-too-long",
                f"The link's token would have {len(token)} characters. It may have at most {TOKEN_CHARACTERS_MAX}: "
                f"make the logo ({logo} characters) smaller, or the next page's address ({next_page}), the session's "
                "id, name and brand shorter.",
            )
        return token

    def receive_link_token(self, token: str, now_ms: int, back: Resume | None = None) -> Link:
        """Return the link of the token. Raises NotAllowed `token-invalid`, `link-not-yet-valid` or `link-expired`.

        A session may last longer than its link. So the link does not expire for a participant who comes *back* with a
        resume token of the same address.
        """
        signed = self._receive("link", token)
        try:
            claims = _LinkClaims.model_validate(signed)
        except ValidationError:
            raise NotAllowed(
                "token-invalid", "This link's token does not name the session, the role and the person."
            ) from None
        is_back = back is not None and back.address.lower() == claims.adr.lower()
        issued_ms = _check_times("link", signed, now_ms, may_be_over=is_back)
        _check_start(claims.sst, now_ms)
        return Link(
            room=claims.sid,
            role=claims.role,
            address=claims.adr,
            language=claims.lng,
            session_start_ms=claims.sst,
            name=claims.nam,
            relay_only=claims.rly,
            grant=Grant(claims.jti, claims.sid, issued_ms),
        )

    def receive_link_id(self, text: str) -> str:
        """Return the id of a link. *text* is that id, a whole link to a call or a statement, or its token.

        Raises NotFound `unknown-link` if we did not make the link, and BadRequest `link-without-id`.
        """
        if token := find_token(text):
            for use in ("link", "statement"):
                try:
                    id_ = self._receive(use, token).get("jti")
                except NotAllowed:
                    continue
                if isinstance(id_, str):
                    return id_
                raise BadRequest("link-without-id", "This link has no id: revoke all links of its session.")
        if not self._is_id(text):
            raise NotFound(
                "unknown-link",
                f"{text[:64]!r} is no link of this service: give the `linkId` that came with the link, or the whole "
                "link.",
            )
        return text

    def make_resume_token(self, session_id: str, role: str, resume: Resume, now_ms: int) -> str:
        """Make the token with which a page takes its own seat back (24 h)."""
        claims = {
            "sid": session_id,
            "role": role,
            "epoch": resume.epoch,
            "page": resume.page,
            "adr": resume.address,
        }
        return self._make("resume", claims, now_ms, RESUME_LIFETIME_MS)

    def receive_resume_token(self, token: str, session_id: str, role: str, now_ms: int) -> Resume | None:
        """Return the claims of the token. An old or foreign token is no error: the result is None."""
        try:
            signed = self._receive("resume", token)
            _check_times("resume", signed, now_ms)
            claims = _ResumeClaims.model_validate(signed)
        except (NotAllowed, ValidationError):
            return None
        if (claims.sid, claims.role) != (session_id, role):
            return None
        return Resume(epoch=claims.epoch, page=claims.page, address=claims.adr)

    def make_statement_token(self, session_id: str, now_ms: int) -> str:
        """Make the token with which its holder may read one statement (90 days)."""
        claims = {"sid": session_id, "jti": self._make_id()}
        return self._make("statement", claims, now_ms, STATEMENT_LIFETIME_MS)

    def check_statement_token(self, token: str, session_id: str, now_ms: int) -> Grant:
        """Return what a revocation needs to recognize the token.

        Raises NotAllowed `token-required`, `token-invalid`, `link-not-yet-valid` or `link-expired` if the token does
        not open this statement.
        """
        if not token:
            raise NotAllowed("token-required", "This link has no token: open it exactly as it was given.")
        signed = self._receive("statement", token)
        issued_ms = _check_times("statement", signed, now_ms)
        if signed.get("sid") != session_id:
            raise NotAllowed("token-invalid", "This link was made for another statement.")
        id_ = signed.get("jti")
        return Grant(id_ if isinstance(id_, str) else None, session_id, issued_ms)

    def _make(self, use: Use, claims: dict[str, Any], now_ms: int, lifetime_ms: int) -> str:
        header = {"alg": "HS256", "typ": "JWT"}
        # `iat` has milliseconds (RFC 7519 §2, NumericDate), so that a revocation spares a link made right after it.
        times = {"iat": now_ms / 1000, "exp": (now_ms + lifetime_ms) // 1000}
        return jwt.encode(
            header, {"use": use, **times, **claims}, self._keys[0], algorithms=_ALGORITHMS, encoder_cls=_Utf8
        )

    def _make_id(self) -> str:
        made = secrets.token_urlsafe(_ID_MADE_CHARACTERS * 3 // 4)
        return f"{_ID_START}{made}{_check_of(made, self._secrets[0])}"

    def _is_id(self, text: str) -> bool:
        """Tell whether we made the id of a link. The ids are not stored; a check code inside the id is enough."""
        made = text.removeprefix(_ID_START)[:_ID_MADE_CHARACTERS]
        known = (f"{_ID_START}{made}{_check_of(made, secret)}" for secret in self._secrets)
        return any(
            hmac.compare_digest(text.encode(errors="replace"), each.encode(errors="replace"))
            for each in known
        )

    def _receive(self, use: Use, token: str) -> dict[str, Any]:
        """Return the claims of a token that we signed for *use*. `_check_times` checks whether it is still valid."""
        for key in self._keys:
            try:
                claims = jwt.decode(token, key, algorithms=_ALGORITHMS).claims
            except (JoseError, ValueError, TypeError, RecursionError):
                # The library reads the header, which anybody can write, before it checks the signature. It takes the
                # fields for what they should be: a `crit` that is a number raises TypeError.
                continue
            if claims.get("use") != use:
                break
            return dict(claims)
        raise NotAllowed(
            "token-invalid", "This link's signature is not ours: open it exactly as the platform gave it."
        )


def _check_of(made: str, secret: bytes) -> str:
    digest = hmac.digest(secret, f"link-id {made}".encode(errors="replace"), "sha256")
    return urlsafe_b64encode(digest).decode()[:_ID_CHECK_CHARACTERS]


def _check_times(use: Use, claims: dict[str, Any], now_ms: int, *, may_be_over: bool = False) -> int:
    """Check `exp`, `iat` and `nbf` (RFC 7519 §4.1.4-6), and return when the token was made (Unix ms).

    Earlier versions made tokens without `iat`. Such a token counts as made the longest lifetime before its `exp`.
    """
    expires_ms, lifetime_ms = _read_time(claims, "exp"), LIFETIME_MS_MAX[use]
    if expires_ms is None:
        raise NotAllowed("token-invalid", "This link's token does not say until when it is valid (exp).")
    issued_ms = _read_time(claims, "iat")
    if expires_ms - (now_ms if issued_ms is None else issued_ms) > lifetime_ms:
        days = lifetime_ms // (24 * 3_600_000)
        raise NotAllowed("token-invalid", f"This link's token is valid for more than {days} days (exp, iat).")
    begins_ms = max(_read_time(claims, "nbf") or 0, issued_ms or 0)
    if begins_ms > now_ms + LEEWAY_MS:
        raise NotAllowed("link-not-yet-valid", "This link is for later: open it again then.")
    if expires_ms <= now_ms and not may_be_over:
        raise NotAllowed("link-expired", "This link has expired: ask the platform for a new one.")
    return expires_ms - lifetime_ms if issued_ms is None else issued_ms


def _check_start(start_ms: int, now_ms: int) -> None:
    """Refuse a session's start in another unit or in the future: nothing could end before it, and no bill be right.

    A start of 0 is none: the session begins with its first participant.
    """
    if 0 < start_ms < UNIX_MS_MIN:
        raise NotAllowed(
            "token-invalid", f"The sst of this link's token is Unix time in milliseconds, not {start_ms}."
        )
    if start_ms > now_ms + LinkRules().start_ahead_ms_max:
        raise NotAllowed("link-not-yet-valid", "This link is for later: open it again then.")


def _read_time(claims: dict[str, Any], name: str) -> int | None:
    """Return a NumericDate in ms; None if it is missing. Raises NotAllowed `token-invalid` if it is no time."""
    value = claims.get(name)
    if value is None:
        return None
    # `isfinite` raises for an integer that is too large for a float.
    is_endless = isinstance(value, float) and not math.isfinite(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or is_endless:
        raise NotAllowed("token-invalid", f"The {name} of this link's token is not a number.")
    if not 0 <= value < 2**53 // 1000:
        raise NotAllowed("token-invalid", f"The {name} of this link's token is not Unix time in seconds.")
    return round(value * 1000)
