"""Link and resume tokens: what they sign, when they expire, and which tokens are not ours."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from langdao_video.access.tokens import LINK_LIFETIME_MS, RESUME_LIFETIME_MS, Tokens
from langdao_video.errors import NotAllowed
from langdao_video.session.links import Link
from langdao_video.session.next_page import NEXT_CHARACTERS_MAX
from langdao_video.session.resume import Resume
from langdao_video.session.theme import LOGO_CHARACTERS_MAX, Feature, Theme
from langdao_video.signaling.messages import Join

NOW_MS = 1_764_000_000_000
KEY, OTHER_KEY = "a" * 32, "b" * 32
LINK = Link("room-1", "tutor", "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1", "es", NOW_MS - 5)
RESUME = Resume(epoch=3, page="p-12345678", address="0xAb")
ours = Tokens([KEY])


def refused(token: str, tokens: Tokens = ours, now_ms: int = NOW_MS) -> str:
    with pytest.raises(NotAllowed) as refusal:
        tokens.receive_link_token(token, now_ms)
    return refusal.value.code


def sign(claims: dict[str, object], key: str = KEY, algorithm: str = "HS256") -> str:
    header = {"alg": algorithm, "typ": "JWT"}
    return jwt.encode(header, claims, OctKey.import_key(key), algorithms=[algorithm])


def test_a_link_token_brings_back_what_it_bound() -> None:
    assert ours.receive_link_token(ours.make_link_token(LINK, NOW_MS), NOW_MS) == LINK


def test_a_link_token_binds_the_name_and_carries_the_theme_for_the_page_to_read() -> None:
    token = ours.make_link_token(replace(LINK, name="marta.eth", theme=Theme(accent="#0f766e")), NOW_MS)
    payload = token.split(".")[1]

    assert ours.receive_link_token(token, NOW_MS).name == "marta.eth"
    assert json.loads(base64.urlsafe_b64decode(payload + "=="))["look"] == {"accent": "#0f766e"}


def test_a_link_token_says_that_its_participant_hides_their_address() -> None:
    hidden = ours.make_link_token(replace(LINK, relay_only=True), NOW_MS)

    assert ours.receive_link_token(hidden, NOW_MS).relay_only
    assert not ours.receive_link_token(ours.make_link_token(LINK, NOW_MS), NOW_MS).relay_only


def test_the_largest_theme_there_may_be_fits_into_a_join() -> None:
    head = "data:image/png;base64,"
    theme = Theme(
        brand="€" * 40,
        accent="#0f766e",
        scheme="light",
        radius=24,
        logo=head + "A" * (LOGO_CHARACTERS_MAX - len(head)),
        # The longest list of all: with one more, what is hidden is shorter.
        features=tuple(sorted(get_args(Feature), key=len)[len(get_args(Feature)) // 2 :]),
        next="https://platform.example/".ljust(NEXT_CHARACTERS_MAX, "x"),
    )
    widest = replace(LINK, room="r" * 256, name="👩" * 64, relay_only=True, theme=theme)
    token = ours.make_link_token(widest, NOW_MS)

    assert (
        msgspec.convert({"type": "join", "page": "p-12345678", "role": "tutor", "token": token}, Join).token
        == token
    )


def test_a_link_token_lasts_a_day_and_not_longer() -> None:
    token = ours.make_link_token(LINK, NOW_MS)

    assert ours.receive_link_token(token, NOW_MS + LINK_LIFETIME_MS - 1_000) == LINK
    assert refused(token, now_ms=NOW_MS + LINK_LIFETIME_MS) == "link-expired"


def test_a_new_key_is_put_in_front_and_the_old_links_go_on_working() -> None:
    old, both, new = Tokens([KEY]), Tokens([OTHER_KEY, KEY]), Tokens([OTHER_KEY])

    assert both.receive_link_token(old.make_link_token(LINK, NOW_MS), NOW_MS) == LINK
    assert new.receive_link_token(both.make_link_token(LINK, NOW_MS), NOW_MS) == LINK
    assert refused(old.make_link_token(LINK, NOW_MS), new) == "token-invalid"


def test_a_key_of_31_bytes_is_refused_with_what_makes_a_right_one() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes: `openssl rand -hex 32`"):
        Tokens([KEY, "c" * 31])


def test_a_resume_token_opens_no_link_and_a_link_token_resumes_no_seat() -> None:
    resume = ours.make_resume_token("room-1", "tutor", RESUME, NOW_MS)
    link = ours.make_link_token(LINK, NOW_MS)

    assert refused(resume) == "token-invalid"
    assert ours.receive_resume_token(link, "room-1", "tutor", NOW_MS) is None


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("field", ["alg", "b64", "crit", "cty", "enc", "jku", "jwk", "kid", "typ", "x5c"])
@pytest.mark.parametrize("value", [None, 1, True, [], [1], {}, "x"], ids=repr)
def test_a_header_of_any_shape_is_refused(field: str, value: object) -> None:
    token = f"{part({'alg': 'HS256', field: value})}.{part({'use': 'link'})}.{part('no signature')}"

    assert refused(token) == "token-invalid"
    assert ours.receive_resume_token(token, "room-1", "tutor", NOW_MS) is None


def test_claims_nested_too_deeply_are_refused_although_the_signature_is_right() -> None:
    signed = f"{part({'alg': 'HS256'})}.{base64.urlsafe_b64encode(b'[' * 2_400).decode()}"
    signature = base64.urlsafe_b64encode(hmac.digest(KEY.encode(), signed.encode(), "sha256")).rstrip(b"=")

    assert refused(f"{signed}.{signature.decode()}") == "token-invalid"


def test_a_token_without_signature_is_refused() -> None:
    claims = {"use": "link", "exp": NOW_MS // 1000 + 60, "sid": "room-1", "role": "tutor"}

    assert refused(f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.") == "token-invalid"


def test_a_token_of_another_algorithm_is_refused_although_the_key_is_right() -> None:
    claims: dict[str, object] = {"use": "link", "exp": NOW_MS // 1000 + 60, "sid": "room-1", "role": "tutor"}

    assert refused(sign(claims, "k" * 64, "HS512"), Tokens(["k" * 64])) == "token-invalid"


@pytest.mark.parametrize("position", [0, 10, 40, -30, -1])
def test_one_changed_character_is_enough_to_refuse(position: int) -> None:
    token = ours.make_link_token(LINK, NOW_MS)
    changed = "A" if token[position] != "A" else "Q"
    index = position % len(token)

    assert refused(token[:index] + changed + token[index + 1 :]) == "token-invalid"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"use": "link"},
        {"use": "link", "exp": "soon"},
        {"use": "link", "exp": None, "role": "tutor"},
        {"use": "link", "exp": NOW_MS // 1000 + 60},
        {"use": "link", "exp": NOW_MS // 1000 + 60, "role": "admin", "sid": "r"},
        {"use": "link", "exp": NOW_MS // 1000 + 60, "role": "tutor"},
        {
            "use": "link",
            "exp": NOW_MS // 1000 + 60,
            "role": "tutor",
            "sid": "r",
            "adr": "0x1",
            "lng": "es",
            "sst": NOW_MS,
            "nam": "Ana\u202e",
        },
        {
            "use": "link",
            "exp": NOW_MS // 1000 + 60,
            "role": "tutor",
            "sid": 5,
            "adr": [],
            "lng": {},
            "sst": "x",
        },
    ],
    ids=repr,
)
def test_claims_that_make_no_link_are_refused_although_the_signature_is_right(
    claims: dict[str, object],
) -> None:
    assert refused(sign(claims)) in {"token-invalid", "link-expired"}


@given(token=st.text(max_size=300) | st.from_regex(r"[\w-]{0,20}\.[\w-]{0,20}\.[\w-]{0,20}"))
def test_no_text_is_a_token_by_chance(token: str) -> None:
    assert refused(token) == "token-invalid"
    assert ours.receive_resume_token(token, "room-1", "tutor", NOW_MS) is None


class TestResuming:
    def test_brings_back_the_sitting(self) -> None:
        token = ours.make_resume_token("room-1", "tutor", RESUME, NOW_MS)

        assert ours.receive_resume_token(token, "room-1", "tutor", NOW_MS) == RESUME

    @pytest.mark.parametrize(
        ("room", "role", "after_ms"),
        [("room-2", "tutor", 0), ("room-1", "student", 0), ("room-1", "tutor", RESUME_LIFETIME_MS)],
        ids=["another room", "the other seat", "a day later"],
    )
    def test_is_no_help_elsewhere_and_no_error_either(self, room: str, role: str, after_ms: int) -> None:
        token = ours.make_resume_token("room-1", "tutor", RESUME, NOW_MS)

        assert ours.receive_resume_token(token, room, role, NOW_MS + after_ms) is None

    def test_a_resume_token_without_a_sitting_is_no_help(self) -> None:
        token = sign({"use": "resume", "exp": NOW_MS // 1000 + 60, "sid": "room-1", "role": "tutor"})

        assert ours.receive_resume_token(token, "room-1", "tutor", NOW_MS) is None
