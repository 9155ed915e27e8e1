from __future__ import annotations

from langdao_video.billing.money import Rate
from langdao_video.billing.new_session import NewSession, assume_session
from langdao_video.billing.quota import Cap
from langdao_video.session.events import UserConnected

RATE = Rate(minor=2_000, currency="USD", decimals=2)
TUTOR = "0x8ba1f109551bD432803012645Ac136ddd64DBA72"


def connected(language: str) -> UserConnected:
    return UserConnected(
        session_id="s-1",
        user_role="tutor",
        user_address=TUTOR,
        language=language,
        timestamp=1_764_000_000_000,
    )


def test_a_session_that_nobody_made_is_assumed_from_its_first_participant() -> None:
    new = assume_session(connected("de"), RATE)

    assert (new.tutor_address, new.student_address) == (TUTOR, None)
    assert (new.language, new.start_ms, new.assumed) == ("de", 1_764_000_000_000, True)


def test_an_unknown_language_is_not_kept() -> None:
    assert assume_session(connected("klingon"), RATE).language != "klingon"


def test_the_first_fact_has_the_price_and_the_cap() -> None:
    new = NewSession(
        id="s-1",
        student_address=None,
        tutor_address=TUTOR,
        language="de",
        start_ms=5,
        rate=RATE,
        cap=Cap(seconds=60, minor=None),
        brand="LangDAO",
    )

    fact = new.write_fact()

    assert (fact.rate_minor, fact.currency, fact.decimals) == (2_000, "USD", 2)
    assert (fact.cap_seconds, fact.cap_minor, fact.brand, fact.assumed) == (60, None, "LangDAO", False)
