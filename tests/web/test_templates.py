"""The pages the server writes itself: a stranger's text stays text, and nothing in them needs a looser policy."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from langdao_video.session.links import Problem
from langdao_video.web.pages import templates

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """Collect what a page is made of; fails on a tag that is closed wrongly."""

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


def render(name: str, **values: object) -> Page:
    return Page(templates.get_template(name).render(**values))


def render_problem(*problems: Problem) -> Page:
    return render("problem.html", status=400, title="Wrong link", problems=list(problems), example=HOSTILE)


@pytest.mark.requirement("R1")
def test_what_a_strangers_link_has_is_shown_as_text() -> None:
    page = render_problem(Problem(HOSTILE, HOSTILE, HOSTILE))

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
    page = render_problem(Problem("role", given, "student or tutor"))

    assert f"role The link has {shown} It must be student or tutor" in page.text


@pytest.mark.requirement("R1")
def test_every_wrong_parameter_is_named_and_a_long_value_is_cut() -> None:
    page = render_problem(
        Problem("room", "x" * 10_000, "the session's id"), Problem("role", None, "student or tutor")
    )

    assert "2 parts of the link are not right" in page.text
    assert [words for words in page.words if words in {"room", "role"}] == ["room", "role"]
    assert max(len(words) for words in page.words) <= 201


@pytest.mark.parametrize(
    ("status", "title", "heading", "advice"),
    [
        (404, "Not Found", "There is no page here", "Check the address"),
        (404, "The demo runs in development only", "The demo runs in development only", "Check the address"),
        (403, "This seat is another's", "This seat is another's", "a link of your own"),
        (410, "This lesson is over", "This lesson is over", "Your platform has the bill"),
        (405, "Method Not Allowed", "This page cannot be used that way", "Go back"),
        (503, "Too busy", "Too busy", "Go back"),
    ],
)
def test_every_refusal_says_what_to_do_next(status: int, title: str, heading: str, advice: str) -> None:
    page = render("problem.html", status=status, title=title)

    assert heading in page.text
    assert str(status) in page.text
    assert advice in page.text


@pytest.mark.parametrize("name", ["problem.html", "docs.html"])
def test_no_page_has_inline_script_or_style_or_a_foreign_origin(name: str) -> None:
    page = render(name, status=404, title="Not Found")

    for tag, attributes in page.elements:
        assert tag != "style"
        assert not {key for key in attributes if key == "style" or key.startswith("on")}
        assert tag != "script" or attributes.get("src")
        for key in ("src", "href"):
            assert (attributes.get(key) or "/").startswith("/")
            assert not (attributes.get(key) or "/").startswith("//")
