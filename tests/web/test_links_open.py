"""Each link that our API makes opens. A link that would not open is refused when it is made, with the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langdao_video.session.next_page import NEXT_CHARACTERS_MAX
from langdao_video.session.theme import LOGO_CHARACTERS_MAX, Feature
from langdao_video.signaling.codec import encode_frame, receive_frame
from langdao_video.signaling.messages import LobbyJoin
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import ADDRESSES
from tests.web.test_production import API_KEY, KEY

DATA = "data:image/png;base64,"
FEATURES = Feature.__args__  # type: ignore[attr-defined]

texts = st.one_of(
    st.text(max_size=70),
    st.text("aé日👩 ", min_size=1, max_size=64),
    st.builds(lambda letter, count: letter * count, st.characters(), st.integers(1, 70)),
)
themes = st.fixed_dictionaries(
    {},
    optional={
        "brand": texts,
        "accent": st.sampled_from(["#0f766e", "#FFFFFF", "#000000"]),
        "scheme": st.sampled_from(["light", "dark"]),
        "radius": st.integers(0, 24),
        "logo": st.integers(1, LOGO_CHARACTERS_MAX - len(DATA) + 5).map(lambda length: DATA + "A" * length),
        "features": st.lists(st.sampled_from(FEATURES), max_size=10),
        "next": st.one_of(
            texts,
            st.text("ab/%20?#@:\\", max_size=280).map(lambda rest: f"https://platform.example/{rest}"),
        ),
    },
)
bodies = st.fixed_dictionaries(
    {
        "studentAddress": st.sampled_from([*ADDRESSES.values(), f"0x{'AbC1' * 10}"]),
        "language": st.sampled_from(["es", "no", "ar", "zh"]),
    },
    optional={"displayName": texts, "look": themes},
)


class Mode:
    """A running service that the tests of hypothesis can use."""

    def __init__(self, loop: asyncio.AbstractEventLoop, live: Live) -> None:
        self.loop = loop
        self.live = live

    def post(self, path: str, body: object) -> httpx2.Response:
        return self.loop.run_until_complete(self.live.http.post(path, json=body))

    def get(self, url: str) -> httpx2.Response:
        parts = urlsplit(url)
        return self.loop.run_until_complete(self.live.http.get(f"{parts.path}?{parts.query}"))


@pytest.fixture(scope="module", params=["development", "production"])
def mode(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mode]:
    keys: dict[str, Any] = {"link_keys": KEY, "api_keys": API_KEY} if request.param == "production" else {}
    loop = asyncio.new_event_loop()
    running = serving(tmp_path_factory.mktemp(request.param), HandClock(), **keys)
    live = loop.run_until_complete(running.__aenter__())
    live.http.headers["authorization"] = f"Bearer {API_KEY}"
    yield Mode(loop, live)
    loop.run_until_complete(running.__aexit__(None, None, None))
    loop.close()


def check_opens(mode: Mode, url: str) -> None:
    """Open the page, and join as the page does, through the decoder of frames and the admission."""
    assert mode.get(url).status_code == 200
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    frame = receive_frame(
        encode_frame(
            LobbyJoin(
                page="page-of-a-test",
                role="student" if query["role"] == "student" else "tutor",
                address=query["address"],
                language=query["language"],
                session_start=int(query["sessionStart"]),
                name=query.get("name"),
                token=parse_qs(parts.fragment).get("token", [None])[0],
            )
        )
    )
    assert isinstance(frame, LobbyJoin)
    context = mode.live.context
    link, _ = context.admission.admit(query["room"], frame, context.clock.now_ms())
    assert link.role == query["role"]


@given(body=bodies)
@settings(max_examples=25)
@pytest.mark.requirement("R3", "R4")
def test_every_link_that_is_made_opens_and_every_refusal_names_its_field(
    mode: Mode, body: dict[str, Any]
) -> None:
    made = mode.post("/api/sessions", body)

    if made.status_code != 201:
        assert (made.status_code, made.json()["code"]) == (422, "request-invalid")
        fields = [wrong["field"] for wrong in made.json()["fields"]]
        assert set(fields) <= {"displayName", "look.brand", "look.features", "look.logo", "look.next"}
        return
    check_opens(mode, made.json()["studentUrl"])
    dressing: dict[str, Any] = {
        "tutorAddress": ADDRESSES["tutor"],
        **{k: body[k] for k in ("displayName", "look") if k in body},
    }
    tutor = mode.post(f"/api/sessions/{made.json()['sessionId']}/accept", dressing)
    assert tutor.status_code == 200
    check_opens(mode, tutor.json()["tutorUrl"])


def test_the_heaviest_legal_link_opens(mode: Mode) -> None:
    body = {
        "studentAddress": ADDRESSES["student"],
        "language": "es",
        "displayName": "👩" * 64,
        "look": {
            "brand": "👩" * 20,
            "accent": "#0f766e",
            "scheme": "light",
            "radius": 10,
            "logo": "data:image/svg+xml;base64," + "A" * (LOGO_CHARACTERS_MAX - 26),
            "features": list(FEATURES),
            "next": "https://platform.example/".ljust(NEXT_CHARACTERS_MAX, "x"),
        },
    }

    made = mode.post("/api/sessions", body)

    assert made.status_code == 201, made.text
    check_opens(mode, made.json()["studentUrl"])
    assert len(made.json()["studentUrl"]) < 8_000


@pytest.mark.parametrize(
    ("theme", "says"),
    [
        ({"features": ["chat", "hand", "chat"]}, "name each feature once: chat"),
        ({"brand": "Lang\nDAO"}, "one line"),
        ({"brand": "Lang\x1b[31mDAO"}, "one line"),
        ({"brand": "Lang\u202eDAO"}, "one line"),
        ({"brand": "   "}, "visible text"),
        ({"brand": "👩" * 21}, "most emoji count as two"),
        ({"next": "data:text/html,hello"}, "a full https address"),
        ({"next": "https://platform.example@elsewhere.example/"}, "without user name"),
        ({"next": "https://xn--pltform-2fg.example/"}, "no Punycode"),
        ({"next": "https://platform.example/" + "x" * 10_000}, "300"),
    ],
    ids=[
        "features twice",
        "newline",
        "escape",
        "bidi",
        "spaces",
        "emoji",
        "data",
        "user",
        "punycode",
        "long",
    ],
)
def test_what_would_not_open_is_refused_with_what_would_be_right(
    mode: Mode, theme: dict[str, object], says: str
) -> None:
    body = {"studentAddress": ADDRESSES["student"], "language": "es", "look": theme}

    answer = mode.post("/api/sessions", body)

    assert answer.status_code == 422
    assert says in answer.json()["message"]


def test_a_development_link_to_a_lesson_of_yesterday_is_refused_when_it_is_made(
    mode: Mode,
) -> None:
    """In production the token proves the link, and the start is not checked."""
    made = mode.post("/api/sessions", {"studentAddress": ADDRESSES["student"], "language": "es"}).json()
    clock = mode.live.clock
    assert isinstance(clock, HandClock)
    clock.advance(25 * 3_600_000)

    tutor = mode.post(f"/api/sessions/{made['sessionId']}/accept", {"tutorAddress": ADDRESSES["tutor"]})

    if mode.live.context.settings.is_development:
        assert (tutor.status_code, tutor.json()["code"]) == (409, "link-would-not-open")
        assert "sessionStart" in tutor.json()["message"]
    else:
        check_opens(mode, tutor.json()["tutorUrl"])
