"""The pages that the server writes: a stranger's text stays text, and they need no looser policy."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from langdao_video.session.links import Problem, Rule
from langdao_video.web.pages import render_problem, templates
from langdao_video.web.translations import ENGLISH

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """Collect the parts of a page. Fails on a tag that is closed wrongly."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def link_problem(*problems: Problem) -> Page:
    return Page(render_problem(ENGLISH, 400, "link", problems=list(problems), example=HOSTILE))


def wrong_role(given: str | None) -> Problem:
    return Problem("role", given, "student or tutor", Rule("one-of", {"values": "student, tutor"}))


@pytest.mark.requirement("R1")
def test_the_values_of_a_strangers_link_are_shown_as_text() -> None:
    page = link_problem(Problem(HOSTILE, HOSTILE, HOSTILE, Rule("one-of", {"values": HOSTILE})))

    assert page.text.count(HOSTILE) == 4
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "img"})


@pytest.mark.requirement("R1")
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, "nothing: it is missing"),
        ("", "an empty value"),
        ("teacher", "teacher"),
        ("None", "None"),
    ],
)
def test_a_missing_an_empty_and_a_wrong_parameter_read_differently(given: str | None, shown: str) -> None:
    page = link_problem(wrong_role(given))

    assert f"role The link has {shown} It must be one of student, tutor" in page.text


@pytest.mark.requirement("R1")
def test_every_wrong_parameter_is_named_and_a_long_value_is_cut() -> None:
    page = link_problem(
        Problem("room", "x" * 10_000, "the session's id", Rule("room", {"max": 256})), wrong_role(None)
    )

    assert "2 parts of the link are not right" in page.text
    assert [words for words in page.words if words in {"room", "role"}] == ["room", "role"]
    assert max(len(words) for words in page.words) <= 201


@pytest.mark.parametrize(
    ("status", "topic", "heading", "advice"),
    [
        (404, "not-found", "There is no page here", "Check the address"),
        (404, "demo", "The demo runs in development only", "Check the address"),
        (403, "refused", "This link does not open this page", "a link of your own"),
        (410, "over", "This lesson is over", "Your platform has the bill"),
        (405, "method", "This page cannot be used that way", "Go back"),
        (503, "busy", "The service is busy", "Go back"),
        (500, "other", "That did not work", "Go back"),
    ],
)
def test_every_refusal_says_what_to_do_next(status: int, topic: str, heading: str, advice: str) -> None:
    page = Page(render_problem(ENGLISH, status, topic))

    assert heading in page.text
    assert str(status) in page.text
    assert advice in page.text


def test_a_refusal_with_words_of_its_own_says_why() -> None:
    page = Page(render_problem(ENGLISH, 403, "refused", code="link-expired"))

    assert "This link has expired" in page.text
    assert "Open the lesson again from your platform" in page.text


@pytest.mark.parametrize(
    "html",
    [
        render_problem(ENGLISH, 404, "not-found"),
        templates.get_template("docs.html").render(translation=ENGLISH),
    ],
    ids=["problem", "docs"],
)
def test_no_page_has_inline_script_or_style_or_a_foreign_origin(html: str) -> None:
    page = Page(html)

    for tag, attributes in page.elements:
        assert tag != "style"
        assert not {key for key in attributes if key == "style" or key.startswith("on")}
        assert tag != "script" or attributes.get("src")
        for key in ("src", "href"):
            assert (attributes.get(key) or "/").startswith("/")
            assert not (attributes.get(key) or "/").startswith("//")
