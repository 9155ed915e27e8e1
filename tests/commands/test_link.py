"""Links from the command line (R3): the rules are those of the API."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from langdao_video.commands.link import make_student_link, make_tutor_link
from langdao_video.commands.parts import Parts, open_parts
from langdao_video.errors import BadRequest, Conflict, NotFound
from langdao_video.settings import Settings
from tests.stories.page import ADDRESSES

pytestmark = pytest.mark.requirement("R3")


def session_of(printed: str) -> str:
    found = re.search(r"^session:  (\S+)$", printed, re.MULTILINE)
    assert found
    return found[1]


async def test_a_new_session_has_a_students_link_and_no_tutors(parts: Parts) -> None:
    printed = await make_student_link(parts, student_address=ADDRESSES["student"], language="fr")

    assert f"&role=student&address={ADDRESSES['student']}&language=fr" in printed
    assert "role=tutor" not in printed


async def test_the_tutors_link_comes_after_the_student_or_with_accept(parts: Parts) -> None:
    session = session_of(await make_student_link(parts, language="es"))

    with pytest.raises(Conflict, match="after the student has connected"):
        await make_tutor_link(parts, session, ADDRESSES["tutor"], None, accept=False)
    accepted = await make_tutor_link(parts, session, ADDRESSES["tutor"], "Marta", accept=True)
    again = await make_tutor_link(parts, session, None, None, accept=False)

    assert "&role=tutor&" in accepted
    assert "&name=Marta" in accepted
    assert session_of(again) == session


async def test_an_unknown_session_is_refused(parts: Parts) -> None:
    with pytest.raises(NotFound):
        await make_tutor_link(parts, "no-such", None, None, accept=False)


async def test_a_wrong_wish_is_refused_with_its_field(parts: Parts) -> None:
    with pytest.raises(BadRequest, match="rate_per_hour_minor"):
        await make_student_link(parts, language="es", rate_per_hour_minor=0)
    with pytest.raises(BadRequest, match="language must be one of"):
        await make_student_link(parts, language="xx")
    with pytest.raises(BadRequest, match="display_name"):
        await make_tutor_link(parts, "s", None, "two\nlines", accept=False)


async def test_production_needs_the_student_and_signs_the_link(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'a.sqlite'}", link_keys=("k" * 32,), api_keys=("a",)
    )
    async with open_parts(settings) as parts:
        with pytest.raises(BadRequest, match="--student"):
            await make_student_link(parts, language="es")

        assert "#token=" in await make_student_link(
            parts, student_address=ADDRESSES["student"], language="es"
        )


async def test_a_link_that_hides_an_address_needs_a_relay(parts: Parts) -> None:
    with pytest.raises(BadRequest, match="TURN_URLS"):
        await make_student_link(parts, language="es", relay_only=True)

    settings = parts.settings.model_copy(update={"turn_urls": ("turn:a.example",), "turn_secret": "s"})
    made = await make_student_link(replace(parts, settings=settings), language="es", relay_only=True)
    tutor = await make_tutor_link(
        replace(parts, settings=settings), session_of(made), None, None, accept=True, relay_only=True
    )

    assert "&relay=1" in made
    assert "&relay=1" in tutor
