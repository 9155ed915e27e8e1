"""From a join to a seat: what the link must have, and that the token counts more than the frame."""

from __future__ import annotations

import pytest

from langdao_video.access.tokens import LINK_LIFETIME_MS, RESUME_LIFETIME_MS, Tokens
from langdao_video.errors import FrameRefused, NotAllowed
from langdao_video.session.address import is_address
from langdao_video.session.links import Link, LinkRules
from langdao_video.session.resume import Resume
from langdao_video.signaling.admission import Admission
from langdao_video.signaling.messages import Join

NOW_MS = 1_764_000_000_000
DAY_MS = 24 * 3_600_000
ADDRESS = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
PAGE = "p-12345678"
tokens = Tokens(["a" * 32])
in_development = Admission(tokens, LinkRules(lenient=True), needs_token=False)
in_production = Admission(tokens, LinkRules(), needs_token=True)


def link_token(room: str = "r", role: str = "student", made_ms: int = NOW_MS) -> str:
    seat = Link(room, "student" if role == "student" else "tutor", ADDRESS, "es", NOW_MS)
    return tokens.make_link_token(seat, made_ms)


class TestInDevelopment:
    def test_a_full_link_seats_its_address(self) -> None:
        join = Join(page=PAGE, role="student", address=ADDRESS, language="fr", session_start=NOW_MS)

        link, participant = in_development.admit("r", join, NOW_MS)

        assert link == Link("r", "student", ADDRESS, "fr", NOW_MS)
        assert (participant.role, participant.page, participant.address, participant.is_throwaway) == (
            "student",
            PAGE,
            ADDRESS,
            False,
        )

    def test_room_and_role_get_a_throwaway_address_and_a_banner(self) -> None:
        _, participant = in_development.admit("r", Join(page=PAGE, role="tutor"), NOW_MS)

        assert is_address(participant.address)
        assert participant.is_throwaway
        assert participant.assumed == ("address", "language", "sessionStart")

    def test_a_reload_keeps_its_throwaway_address(self) -> None:
        resume = tokens.make_resume_token("r", "tutor", Resume(epoch=1, page=PAGE, address="0xAB"), NOW_MS)

        _, participant = in_development.admit(
            "r", Join(page="p-other-page", role="tutor", resume=resume), NOW_MS
        )

        assert participant.address == "0xAB"
        assert participant.resume == Resume(epoch=1, page=PAGE, address="0xAB")

    def test_a_wrong_link_is_refused_with_the_parameter_and_what_it_must_be(self) -> None:
        join = Join(page=PAGE, role="student", address="bob", language="xx", session_start=5)

        with pytest.raises(FrameRefused) as refused:
            in_development.admit("r", join, NOW_MS)

        assert refused.value.code == "bad-link"
        assert "address must be" in refused.value.message
        assert "language must be one of es" in refused.value.message
        assert "sessionStart must be Unix time" in refused.value.message

    def test_a_returning_page_may_have_a_link_that_is_too_old_for_a_first_join(self) -> None:
        old = Join(page=PAGE, role="student", address=ADDRESS, session_start=NOW_MS - DAY_MS - 1)
        resume = tokens.make_resume_token("r", "student", Resume(epoch=1, page=PAGE, address=ADDRESS), NOW_MS)
        back = Join(
            page=PAGE, role="student", address=ADDRESS, session_start=old.session_start, resume=resume
        )

        link, _ = in_development.admit("r", back, NOW_MS)

        assert link.session_start_ms == old.session_start
        with pytest.raises(FrameRefused, match="sessionStart"):
            in_development.admit("r", old, NOW_MS)

    def test_a_foreign_resume_token_is_no_error(self) -> None:
        resume = tokens.make_resume_token(
            "elsewhere", "student", Resume(epoch=1, page=PAGE, address="0x1"), NOW_MS
        )

        _, participant = in_development.admit("r", Join(page=PAGE, role="student", resume=resume), NOW_MS)

        assert participant.resume is None


class TestInProduction:
    def test_only_the_token_counts_and_not_the_other_fields_of_the_frame(self) -> None:
        join = Join(
            page=PAGE, role="student", address="0x1", language="fr", session_start=1, token=link_token()
        )

        link, participant = in_production.admit("r", join, NOW_MS)

        assert link == Link("r", "student", ADDRESS, "es", NOW_MS)
        assert (participant.address, participant.is_throwaway, participant.assumed) == (ADDRESS, False, ())

    @pytest.mark.parametrize(
        ("token", "code"),
        [
            (None, "token-required"),
            ("", "token-invalid"),
            ("a.b.c", "token-invalid"),
            (link_token(room="other"), "token-invalid"),
            (link_token(role="tutor"), "token-invalid"),
            (link_token(made_ms=NOW_MS - LINK_LIFETIME_MS), "link-expired"),
        ],
        ids=["none", "empty", "forged", "other room", "other role", "expired"],
    )
    def test_without_a_valid_token_a_join_is_refused(self, token: str | None, code: str) -> None:
        join = Join(page=PAGE, role="student", address=ADDRESS, session_start=NOW_MS, token=token)

        with pytest.raises(NotAllowed) as refused:
            in_production.admit("r", join, NOW_MS)

        assert refused.value.code == code

    def test_a_resume_token_alone_is_not_enough_to_join(self) -> None:
        resume = tokens.make_resume_token("r", "student", Resume(epoch=1, page=PAGE, address=ADDRESS), NOW_MS)

        with pytest.raises(NotAllowed, match="no token"):
            in_production.admit("r", Join(page=PAGE, role="student", resume=resume), NOW_MS)

    @pytest.mark.parametrize("made_ago_ms", [LINK_LIFETIME_MS, 3 * LINK_LIFETIME_MS])
    def test_a_returning_page_may_have_an_expired_link(self, made_ago_ms: int) -> None:
        back = Resume(epoch=1, page=PAGE, address=ADDRESS.lower())
        resume = tokens.make_resume_token("r", "student", back, NOW_MS - 3_600_000)
        old = link_token(made_ms=NOW_MS - made_ago_ms)

        _, participant = in_production.admit(
            "r", Join(page=PAGE, role="student", token=old, resume=resume), NOW_MS
        )

        assert (participant.resume, participant.address) == (back, ADDRESS)

    @pytest.mark.parametrize(
        ("room", "role", "address", "made_ago_ms"),
        [
            ("other", "student", ADDRESS, 0),
            ("r", "tutor", ADDRESS, 0),
            ("r", "student", "0x" + "b" * 40, 0),
            ("r", "student", ADDRESS, RESUME_LIFETIME_MS),
        ],
        ids=["other room", "other role", "other person", "expired itself"],
    )
    def test_a_resume_token_that_does_not_fit_makes_no_old_link_good(
        self, room: str, role: str, address: str, made_ago_ms: int
    ) -> None:
        back = Resume(epoch=1, page=PAGE, address=address)
        resume = tokens.make_resume_token(room, role, back, NOW_MS - made_ago_ms)
        old = link_token(made_ms=NOW_MS - LINK_LIFETIME_MS)

        with pytest.raises(NotAllowed) as refused:
            in_production.admit("r", Join(page=PAGE, role="student", token=old, resume=resume), NOW_MS)

        assert refused.value.code == "link-expired"

    def test_an_old_link_of_another_seat_stays_bad_beside_a_good_resume_token(self) -> None:
        back = Resume(epoch=1, page=PAGE, address=ADDRESS)
        resume = tokens.make_resume_token("r", "student", back, NOW_MS)
        old = link_token(role="tutor", made_ms=NOW_MS - LINK_LIFETIME_MS)

        with pytest.raises(NotAllowed) as refused:
            in_production.admit("r", Join(page=PAGE, role="student", token=old, resume=resume), NOW_MS)

        assert refused.value.code == "token-invalid"


class TestRelaysOnly:
    def test_the_link_decides_and_not_the_page(self) -> None:
        hidden = tokens.make_link_token(Link("r", "student", ADDRESS, "es", NOW_MS, relay_only=True), NOW_MS)

        _, signed = in_production.admit("r", Join(page=PAGE, role="student", token=hidden), NOW_MS)
        _, forged = in_production.admit(
            "r", Join(page=PAGE, role="student", token=link_token(), relay=True), NOW_MS
        )
        _, developing = in_development.admit("r", Join(page=PAGE, role="student", relay=True), NOW_MS)

        assert (signed.relay_only, forged.relay_only, developing.relay_only) == (True, False, True)

    def test_without_a_relay_the_two_could_never_meet(self) -> None:
        without = Admission(tokens, LinkRules(lenient=True), needs_token=False, has_relay=False)

        with pytest.raises(NotAllowed) as refused:
            without.admit("r", Join(page=PAGE, role="student", relay=True), NOW_MS)

        assert refused.value.code == "no-relay"
        assert without.admit("r", Join(page=PAGE, role="student"), NOW_MS)
