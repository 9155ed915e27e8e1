"""Signed tokens: the link token that proves who may sit where, the resume token that takes a seat back.

JWT with HS256 and nothing else (RFC 7519, RFC 8725 §3.1); keys under 32 bytes are refused. The first key signs,
all of them verify, so that a key is changed by putting a new one in front.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, Field, ValidationError, field_validator

from langdao_video.errors import NotAllowed
from langdao_video.session.events import Address, SessionId, UnixMs
from langdao_video.session.languages import LANGUAGES
from langdao_video.session.links import Link
from langdao_video.session.look import DisplayName
from langdao_video.session.roles import Role
from langdao_video.signaling.seats import Resume

KEY_BYTES_MIN: Final = 32
LINK_LIFETIME_MS: Final = 24 * 3_600_000
STATEMENT_LIFETIME_MS: Final = 90 * 24 * 3_600_000
RESUME_LIFETIME_MS: Final = 24 * 3_600_000
_ALGORITHMS: Final = ["HS256"]

Use = Literal["link", "resume", "statement"]


class _LinkClaims(BaseModel):
    sid: SessionId
    role: Role
    adr: Address
    lng: str
    sst: UnixMs
    nam: DisplayName | None = None

    @field_validator("lng")
    @classmethod
    def _is_known(cls, code: str) -> str:
        if code not in LANGUAGES:
            raise ValueError(f"{code!r} is none of the languages")
        return code


class _ResumeClaims(BaseModel):
    sid: SessionId
    role: Role
    epoch: Annotated[int, Field(strict=True, ge=1)]
    page: str
    adr: Address


class Tokens:
    """Make and check tokens with the keys of this service."""

    def __init__(self, keys: Sequence[str]) -> None:
        for key in keys:
            if len(key.encode()) < KEY_BYTES_MIN:
                raise ValueError(
                    f"A link key needs at least {KEY_BYTES_MIN} bytes: `openssl rand -hex 32` makes one."
                )
        self._keys = [OctKey.import_key(key) for key in keys]

    def make_link_token(self, link: Link, now_ms: int) -> str:
        """Bind session, role, address, language, start and expiry (24 h from now) together."""
        claims = {
            "sid": link.room,
            "role": link.role,
            "adr": link.address,
            "lng": link.language,
            "sst": link.session_start_ms,
            **({"nam": link.name} if link.name else {}),
            **({"look": link.look.as_claim()} if link.look else {}),
        }
        return self._make("link", claims, now_ms + LINK_LIFETIME_MS)

    def receive_link_token(self, token: str, now_ms: int, back: Resume | None = None) -> Link:
        """Return what the token binds. Raises NotAllowed `token-invalid` or `link-expired`.

        A lesson may outlast its link: for the same person who comes *back* with a resume token it does not expire.
        """
        signed = self._receive("link", token)
        try:
            claims = _LinkClaims.model_validate(signed)
        except ValidationError:
            raise NotAllowed("token-invalid", "This link's token does not say who sits where.") from None
        if back is None or back.address.lower() != claims.adr.lower():
            _check_expiry(signed, now_ms)
        return Link(
            room=claims.sid,
            role=claims.role,
            address=claims.adr,
            language=claims.lng,
            session_start_ms=claims.sst,
            name=claims.nam,
        )

    def make_resume_token(self, session_id: str, role: str, resume: Resume, now_ms: int) -> str:
        """Let a page take its own seat back (24 h)."""
        claims = {
            "sid": session_id,
            "role": role,
            "epoch": resume.epoch,
            "page": resume.page,
            "adr": resume.address,
        }
        return self._make("resume", claims, now_ms + RESUME_LIFETIME_MS)

    def receive_resume_token(self, token: str, session_id: str, role: str, now_ms: int) -> Resume | None:
        """Return what the token says, or None: an old or foreign one is no error, only no help."""
        try:
            signed = self._receive("resume", token)
            _check_expiry(signed, now_ms)
            claims = _ResumeClaims.model_validate(signed)
        except (NotAllowed, ValidationError):
            return None
        if (claims.sid, claims.role) != (session_id, role):
            return None
        return Resume(epoch=claims.epoch, page=claims.page, address=claims.adr)

    def make_statement_token(self, session_id: str, now_ms: int) -> str:
        """Let whoever has the link read one statement (90 days)."""
        return self._make("statement", {"sid": session_id}, now_ms + STATEMENT_LIFETIME_MS)

    def check_statement_token(self, token: str, session_id: str, now_ms: int) -> None:
        """Raise NotAllowed `token-required`, `token-invalid` or `link-expired` unless *token* opens this statement."""
        if not token:
            raise NotAllowed("token-required", "This link has no token: open it exactly as it was given.")
        signed = self._receive("statement", token)
        _check_expiry(signed, now_ms)
        if signed.get("sid") != session_id:
            raise NotAllowed("token-invalid", "This link was made for another statement.")

    def _make(self, use: Use, claims: dict[str, Any], expires_ms: int) -> str:
        header = {"alg": "HS256", "typ": "JWT"}
        return jwt.encode(
            header, {"use": use, "exp": expires_ms // 1000, **claims}, self._keys[0], algorithms=_ALGORITHMS
        )

    def _receive(self, use: Use, token: str) -> dict[str, Any]:
        """Return the claims of a token we signed for *use*; whether it still holds is for `_check_expiry`."""
        for key in self._keys:
            try:
                claims = jwt.decode(token, key, algorithms=_ALGORITHMS).claims
            except (JoseError, ValueError):
                continue
            if claims.get("use") != use:
                break
            if not isinstance(claims.get("exp"), int):
                break
            return dict(claims)
        raise NotAllowed(
            "token-invalid", "This link's signature is not ours: open it exactly as the platform gave it."
        )


def _check_expiry(claims: dict[str, Any], now_ms: int) -> None:
    if claims["exp"] * 1000 <= now_ms:
        raise NotAllowed("link-expired", "This link has expired: ask the platform for a new one.")
