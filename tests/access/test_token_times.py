"""When a token is valid (`exp`, `iat` and `nbf`), also if a platform made it with our key; and the ids of links."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from langdao_video.access.tokens import LEEWAY_MS, LIFETIME_MS_MAX, LINK_LIFETIME_MS, Tokens
from langdao_video.errors import BadRequest, NotAllowed, NotFound
from langdao_video.session.next_page import NEXT_CHARACTERS_MAX
from langdao_video.session.theme import LOGO_CHARACTERS_MAX, Theme
from tests.access.test_tokens import KEY, LINK, NOW_MS, OTHER_KEY, ours, refused, sign

NOW: Final = NOW_MS // 1000
DAY: Final = 24 * 3600
CLAIMS: Final[dict[str, Any]] = {
    "use": "link",
    "sid": "room-1",
    "role": "tutor",
    "adr": LINK.address,
    "lng": "es",
    "sst": NOW_MS,
    "iat": NOW,
    "exp": NOW + DAY,
}


def test_a_platform_s_own_token_with_all_of_them_counts() -> None:
    assert ours.receive_link_token(sign(CLAIMS), NOW_MS).room == "room-1"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": NOW + 7 * DAY}, None),
        ({"exp": NOW + 7 * DAY + 1}, "token-invalid"),
        ({"iat": NOW - 6 * DAY, "exp": NOW + DAY}, None),
        ({"iat": NOW - 6 * DAY, "exp": NOW + DAY + 1}, "token-invalid"),
        ({"iat": NOW + LEEWAY_MS // 1000}, None),
        ({"iat": NOW + LEEWAY_MS // 1000 + 1, "exp": NOW + 2 * DAY}, "link-not-yet-valid"),
        ({"iat": NOW + 10 * 365 * DAY, "exp": NOW + 10 * 365 * DAY + DAY}, "link-not-yet-valid"),
        ({"nbf": NOW}, None),
        ({"nbf": NOW + LEEWAY_MS // 1000}, None),
        ({"nbf": NOW + LEEWAY_MS // 1000 + 1}, "link-not-yet-valid"),
        ({"nbf": NOW + 0.5}, None),
        ({"iat": None, "exp": NOW + DAY}, None),
        ({"iat": None, "exp": NOW + 7 * DAY + 1}, "token-invalid"),
        ({"exp": None}, "token-invalid"),
        ({"exp": NOW}, "link-expired"),
        ({"exp": True}, "token-invalid"),
        ({"exp": str(NOW + DAY)}, "token-invalid"),
        ({"exp": 10**30}, "token-invalid"),
        ({"exp": NOW_MS + DAY}, "token-invalid"),
        ({"exp": float("inf")}, "token-invalid"),
        ({"iat": float("nan")}, "token-invalid"),
        ({"iat": -1}, "token-invalid"),
        ({"iat": [NOW]}, "token-invalid"),
        ({"nbf": "soon"}, "token-invalid"),
        ({"nbf": 10**400}, "token-invalid"),
        ({"adr": "the tutor"}, "token-invalid"),
        ({"sst": 0}, None),
        ({"sst": NOW_MS - 30 * DAY * 1000}, None),
        ({"sst": NOW_MS + 300_000}, None),
        ({"sst": NOW_MS + 300_001}, "link-not-yet-valid"),
        ({"sst": NOW_MS * 1000}, "link-not-yet-valid"),
        ({"sst": NOW}, "token-invalid"),
        ({"jti": ""}, "token-invalid"),
        ({"jti": "x" * 65}, "token-invalid"),
        ({"jti": 7}, "token-invalid"),
    ],
    ids=repr,
)
def test_each_claim_is_heeded(claims: dict[str, Any], code: str | None) -> None:
    token = sign({name: value for name, value in {**CLAIMS, **claims}.items() if value is not None})

    if code is None:
        ours.receive_link_token(token, NOW_MS)
    else:
        assert refused(token) == code


def test_a_statement_may_be_read_for_ninety_days_and_no_longer() -> None:
    claims = {"use": "statement", "sid": "room-1", "iat": NOW, "exp": NOW + 90 * DAY}

    ours.check_statement_token(sign(claims), "room-1", NOW_MS)

    with pytest.raises(NotAllowed) as refusal:
        ours.check_statement_token(sign({**claims, "exp": NOW + 90 * DAY + 1}), "room-1", NOW_MS)
    assert refusal.value.code == "token-invalid"


def test_a_token_says_to_the_millisecond_when_it_was_made() -> None:
    link = ours.receive_link_token(ours.make_link_token(LINK, NOW_MS + 7), NOW_MS + 7)

    assert link.grant is not None
    assert (link.grant.session_id, link.grant.issued_ms) == ("room-1", NOW_MS + 7)


def test_a_token_that_does_not_say_when_it_was_made_may_be_as_old_as_tokens_get() -> None:
    token = sign({name: value for name, value in CLAIMS.items() if name != "iat"})

    grant = ours.receive_link_token(token, NOW_MS).grant

    assert grant is not None
    assert grant.issued_ms == NOW_MS + LINK_LIFETIME_MS - LIFETIME_MS_MAX["link"]


def test_a_link_whose_token_no_frame_could_carry_is_not_made() -> None:
    link = replace(
        LINK,
        room="👩" * 256,
        name="👩" * 64,
        theme=Theme(
            logo="data:image/png;base64," + "A" * (LOGO_CHARACTERS_MAX - 22),
            next="https://platform.example/".ljust(NEXT_CHARACTERS_MAX, "x"),
        ),
    )

    with pytest.raises(BadRequest) as refusal:
        ours.make_link_token(link, NOW_MS)

    assert refusal.value.code == "link-too-long"
    assert "at most 5120" in refusal.value.message


class TestIds:
    def test_every_link_has_its_own(self) -> None:
        ids = set()
        for _ in range(3):
            grant = ours.receive_link_token(ours.make_link_token(LINK, NOW_MS), NOW_MS).grant
            assert grant is not None
            ids.add(grant.id)

        assert len(ids) == 3
        assert all(ours.receive_link_id(str(id_)) == id_ for id_ in ids)

    def test_a_whole_link_or_its_token_stands_for_it(self) -> None:
        for token in (ours.make_link_token(LINK, NOW_MS), ours.make_statement_token("room-1", NOW_MS)):
            ids = {
                ours.receive_link_id(text)
                for text in (
                    token,
                    f"https://h/?room=r#token={token}",
                    f"https://h/sessions/r?token={token}).",
                )
            }

            assert len(ids) == 1
            assert ids.pop().startswith("lnk_")

    def test_an_id_outlives_a_change_of_keys_as_its_link_does(self) -> None:
        grant = ours.receive_link_token(ours.make_link_token(LINK, NOW_MS), NOW_MS).grant
        assert grant is not None

        assert Tokens([OTHER_KEY, KEY]).receive_link_id(str(grant.id)) == grant.id

    @pytest.mark.parametrize(
        "text", ["", "lnk_", "x", "lnk_" + "a" * 24, "session-1", "👩", "lnk_\ud800", "é" * 28]
    )
    def test_a_text_that_is_no_link_is_refused(self, text: str) -> None:
        with pytest.raises(NotFound) as refusal:
            ours.receive_link_id(text)

        assert refusal.value.code == "unknown-link"

    def test_one_changed_character_is_noticed(self) -> None:
        grant = ours.receive_link_token(ours.make_link_token(LINK, NOW_MS), NOW_MS).grant
        assert grant is not None
        assert grant.id is not None
        for place in range(4, len(grant.id)):
            wrong = grant.id[:place] + ("A" if grant.id[place] != "A" else "B") + grant.id[place + 1 :]
            with pytest.raises(NotFound):
                ours.receive_link_id(wrong)

    def test_a_foreign_token_is_none(self) -> None:
        with pytest.raises(NotFound):
            ours.receive_link_id(Tokens([OTHER_KEY]).make_link_token(LINK, NOW_MS))

    def test_a_token_without_id_says_so(self) -> None:
        with pytest.raises(BadRequest) as refusal:
            ours.receive_link_id(sign(CLAIMS))

        assert refusal.value.code == "link-without-id"
