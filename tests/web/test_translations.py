"""The server's pages in the reader's language: which language, its grammar, its digits, and no word left out."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from babel.core import Locale
from starlette.requests import Request

from langdao_video.billing.money import Money
from langdao_video.session.languages import LANGUAGES
from langdao_video.session.links import LinkRules, receive_link
from langdao_video.web import translations as words_module
from langdao_video.web.context import STATIC
from langdao_video.web.pages import render_problem
from langdao_video.web.statement import render_statement
from langdao_video.web.translations import ENGLISH, Translation, choose_translation
from tests.billing.test_statement import lesson_with_a_break, statement_of
from tests.billing.timeline import SESSION

if TYPE_CHECKING:
    from tests.stories.live import Live


def ask(accept: str = "", ui: str = "") -> Request:
    """Make the request of a browser that asks for *accept*, with *ui* in the link."""
    headers = [(b"accept-language", accept.encode())] if accept else []
    return Request({"type": "http", "headers": headers, "query_string": f"ui={ui}".encode() if ui else b""})


@pytest.mark.parametrize(
    ("accept", "ui", "lesson", "code"),
    [
        ("ja", "", None, "ja"),
        ("de-AT,de;q=0.9,en;q=0.8", "", None, "de"),
        ("en;q=0.2, pl ; q=0.7", "", None, "pl"),
        ("nb-NO", "", None, "no"),
        ("pt-BR", "fr", None, "fr"),
        ("pt-BR", "klingon", None, "pt"),
        ("uk", "", "ru", "ru"),
        ("fr;q=0,uk", "", None, "en"),
        ("", "", "es", "es"),
        ("*;;;,\x00,=", "", None, "en"),
        ("de;q=nan,it;q=1.", "", None, "it"),
    ],
)
def test_the_reader_gets(accept: str, ui: str, lesson: str | None, code: str) -> None:
    assert choose_translation(ask(accept, ui), lesson).code == code


@pytest.mark.parametrize(
    ("code", "count", "text"),
    [
        ("en", 1, "One part of the link is not right."),
        ("en", 2, "2 parts of the link are not right."),
        ("ru", 3, "3 части ссылки неверны."),
        ("ar", 2, "جزآن من الرابط غير صحيحين."),
        ("ja", 5, "リンクの 5 か所が正しくありません。"),
    ],
)
def test_a_phrase_has_the_plural_form_of_its_grammar(code: str, count: int, text: str) -> None:
    assert Translation(code, Locale.parse(code)).say("page.problem.parts", count=count) == text


def test_numbers_dates_and_money_are_written_as_the_reader_writes_them() -> None:
    egypt = choose_translation(ask("ar-EG"))
    germany = choose_translation(ask("de-DE"))
    at = datetime(2026, 11, 22, 19, 5, tzinfo=UTC)

    assert egypt.duration(330_000) == "\u0665:\u0663\u0660"
    assert egypt.direction == "rtl"
    assert germany.money(Money(123_456, "EUR", 2)) == "1.234,56\u00a0€"
    assert germany.moment(at) == "22.11.2026, 19:05:00 UTC"
    assert choose_translation(ask("en-GB")).moment(at).startswith("22 Nov 2026")


def test_the_server_has_the_client_s_words_in_every_language() -> None:
    for code in LANGUAGES:
        assert json.loads((STATIC / "i18n" / f"{code}.json").read_text("utf-8")).keys() >= {
            "page.home",
            "role.tutor",
        }


@pytest.fixture
def nobody_s_words(monkeypatch: pytest.MonkeyPatch) -> Translation:
    """Make a language without letters, in which a word of any other language stands out."""
    blank: dict[str, Any] = {
        key: "["
        + "".join(re.findall(r"\{\w+\}", phrase["other"] if isinstance(phrase, dict) else phrase))
        + "]"
        for key, phrase in json.loads((STATIC / "i18n" / "en.json").read_text("utf-8")).items()
    }
    monkeypatch.setattr(words_module, "_load", lambda _: blank)
    return ENGLISH


def words_left(page: str) -> list[str]:
    """Return the words of a page that are neither data nor from the catalogue."""
    body = re.sub(r"<(code|bdi|time)\b.*?</\1>", "", page.partition("<body")[2], flags=re.DOTALL)
    return re.findall(r"[A-Za-z]{2,}", html.unescape(re.sub(r"<[^>]*>", " ", body)))


def test_no_word_of_a_problem_page_comes_from_elsewhere(nobody_s_words: Translation) -> None:
    problems = receive_link({"role": ["teacher", "x"], "room": [""], "language": ["xx"]}, 0, LinkRules())

    page = render_problem(nobody_s_words, 400, "link", problems=problems, example="…")

    data = {"student", "tutor", *LANGUAGES}
    assert [word for word in words_left(page) if word not in data] == []


async def test_no_word_of_a_statement_comes_from_elsewhere(nobody_s_words: Translation) -> None:
    line = await lesson_with_a_break()
    await line.service.correct_bill(SESSION, -20, "…")

    page = render_statement(nobody_s_words, await statement_of(line))

    data = {"Spanish"}
    assert [word for word in words_left(page) if word not in data] == []


async def test_a_statement_tells_each_stretch_in_the_reader_s_words() -> None:
    german = Translation("de", Locale("de"))

    page = render_statement(german, await statement_of(await lesson_with_a_break()))

    assert '<html lang="de" dir="ltr">' in page
    for translation in (
        "120 Sekunden (2:00), in denen beide da waren",
        "Ohne die Lehrkraft: nicht berechnet",
        "1,20\u00a0$",
    ):
        assert translation in page


@pytest.mark.parametrize(
    ("reason", "translation"),
    [
        ("grace-expired", "jemand war nicht mehr da, und niemand wollte warten"),
        ("ended-during-grace", "die andere Seite war nicht mehr da"),
        ("cap-reached", "die vorausbezahlte Zeit ist aufgebraucht"),
        ("Zahlung <b>fehlt</b>", "<bdi>Zahlung &lt;b&gt;fehlt&lt;/b&gt;</bdi>"),
    ],
)
async def test_a_statement_says_why_a_lesson_ended(reason: str, translation: str) -> None:
    statement = await statement_of(await lesson_with_a_break())
    ended = statement.lesson.ended
    assert ended is not None
    statement.lesson.ended = replace(ended, reason=reason)

    assert f'<span class="reason">{translation}</span>' in render_statement(
        Translation("de", Locale("de")), statement
    )


async def test_a_statement_says_no_more_than_who_pressed_the_button() -> None:
    page = render_statement(ENGLISH, await statement_of(await lesson_with_a_break()))

    assert '<span class="reason">by the student</span></dd>' in page
    assert "ended-by-user" not in page


@pytest.mark.asyncio(loop_scope="module")
async def test_a_wrong_link_and_a_missing_page_speak_the_reader_s_language(shared: Live) -> None:
    arabic = {"accept": "text/html", "accept-language": "ar"}

    wrong = await shared.http.get("/?role=x", headers=arabic)
    missing = await shared.http.get("/no-such-page?ui=ja", headers=arabic)
    room = await shared.http.get("/?room=r&role=student", headers=arabic)

    assert '<html lang="ar" dir="rtl">' in wrong.text
    assert "لا يمكن لهذا الرابط فتح درس" in wrong.text
    assert '<html lang="ja" dir="ltr">' in missing.text
    assert "ここにページはありません" in missing.text
    assert '<html lang="ar" dir="rtl">' in room.text
    assert "يحتاج الدرس إلى JavaScript" in room.text


@pytest.mark.asyncio(loop_scope="module")
async def test_a_program_gets_its_refusal_in_english(shared: Live) -> None:
    answer = await shared.http.get("/api/sessions/none", headers={"accept-language": "ja"})

    assert answer.json()["message"].isascii()
