"""Each kind of wrong frame has one code, and only a correct frame gets through."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.errors import FrameRefused
from langdao_video.signaling.codec import encode_frame, receive_frame
from langdao_video.signaling.fields import CHAT_CHARACTERS_MAX
from langdao_video.signaling.messages import Heartbeat, Join, SendChat

PAGE: Final = "p-12345678"
RIGHT: Final[dict[str, dict[str, Any]]] = {
    "look": {"page": PAGE, "role": "student"},
    "join": {"page": PAGE, "role": "student"},
    "offer": {"to": PAGE, "sdp": "v=0\r\n", "number": 1},
    "answer": {"to": PAGE, "sdp": "v=0\r\n", "number": 2**53 - 1},
    "ice": {
        "to": PAGE,
        "candidate": {
            "candidate": "candidate:1",
            "sdpMid": "0",
            "sdpMLineIndex": 0,
            "usernameFragment": "a1",
        },
    },
    "chat": {"id": "m-1", "text": "¡Hola!"},
    "user-status": {
        "audio": True,
        "video": False,
        "hand": True,
        "screen": True,
        "videoPaused": True,
        "network": "weak",
    },
    "reaction": {"reaction": "heart"},
    "heartbeat": {"audio": True, "video": True, "media": {"audioPackets": 1, "videoFrames": 2, "bytes": 3}},
    "grace-decision": {"decision": "wait"},
    "end-session": {},
}
OPTIONAL: Final = {"media", "hand", "screen", "videoPaused", "network", "number"}
WRONG: Final[dict[str, list[object]]] = {
    "page": ["", "short", "x" * 65, "p-1234567 ", "p-<script>", 5, None],
    "to": ["", "short", "x" * 65, "p-1234567\n", None],
    "role": ["teacher", "", None, 1],
    "sdp": ["", "x" * 60_001, None, 5, ["v=0"]],
    "number": [0, -1, 1.5, 2**53, "1"],
    "candidate": ["candidate:1", 5, {}, {"candidate": 5}, {"candidate": "x" * 2_001}],
    "id": ["", "x" * 65, "a b", "<b>", None, 5],
    "text": ["", "x" * (CHAT_CHARACTERS_MAX + 1), None, 5],
    "audio": ["true", 1, None],
    "video": [0, None],
    "hand": ["up", 1, None],
    "screen": ["on", 1, None],
    "videoPaused": ["yes", 1, None],
    "network": ["", "bad", True, 1, None],
    "reaction": ["", "love", "<b>", "👍", 5, None],
    "media": [5, {}, {"audioPackets": -1, "videoFrames": 0, "bytes": 0}],
    "decision": ["maybe", "", None],
    "address": ["x" * 65, 5],
    "name": ["x" * 65, 5],
    "language": ["x" * 9, 5],
    "sessionStart": ["5", -1, 2**53, 1.5],
    "token": ["x" * 5_121, 5],
    "resume": ["x" * 5_121, 5],
    "takeover": ["yes", 1, None],
    "relay": ["1", 1, None],
}
LOOK_MORE: Final = ("address", "name", "language", "sessionStart", "token", "relay")
MORE: Final = {
    "look": LOOK_MORE,
    "join": (
        *LOOK_MORE,
        *("resume", "takeover", "audio", "video", "hand", "screen", "videoPaused", "network"),
    ),
}


def code_of(raw: str | bytes) -> str:
    with pytest.raises(FrameRefused) as refused:
        receive_frame(raw)
    assert refused.value.message
    return refused.value.code


def frame(kind: object, **fields: object) -> str:
    return json.dumps({"type": kind, **fields})


@pytest.mark.parametrize("kind", RIGHT)
def test_a_right_frame_is_read_and_written_as_it_was(kind: str) -> None:
    raw = frame(kind, **RIGHT[kind])

    assert json.loads(encode_frame(receive_frame(raw))) == json.loads(raw)


@pytest.mark.parametrize(
    "kind",
    ["teleport", "", "Join", "join ", "welcome", "ping", "bill", "session-ended", "error", 5, None, [], {}],
)
def test_an_unknown_type_and_the_service_s_own_types(kind: object) -> None:
    assert code_of(frame(kind, **RIGHT["join"])) == "frame-invalid"


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind, fields in RIGHT.items() for field in fields if field not in OPTIONAL],
)
def test_a_missing_field_is_named(kind: str, field: str) -> None:
    rest = {name: value for name, value in RIGHT[kind].items() if name != field}

    with pytest.raises(FrameRefused, match=field) as refused:
        receive_frame(frame(kind, **rest))

    assert refused.value.code == "frame-invalid"


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (kind, field, value)
        for kind, fields in RIGHT.items()
        for field in (*fields, *MORE.get(kind, ()))
        for value in WRONG[field]
        if (kind, field, value) != ("ice", "candidate", None)
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_wrong_value_is_refused_and_named(kind: str, field: str, value: object) -> None:
    with pytest.raises(FrameRefused, match=field) as refused:
        receive_frame(frame(kind, **{**RIGHT[kind], field: value}))

    assert refused.value.code == "frame-invalid"


def test_unknown_fields_are_left_alone_so_that_newer_pages_work() -> None:
    assert receive_frame(frame("join", page=PAGE, role="tutor", colour={"deep": [1]})) == Join(
        page=PAGE, role="tutor"
    )


def test_a_field_given_twice_counts_as_its_last_value_and_nothing_else() -> None:
    read = receive_frame('{"type":"heartbeat","audio":true,"audio":false,"video":true}')

    assert read == Heartbeat(audio=False, video=True)


@pytest.mark.requirement("R7")
@pytest.mark.parametrize("character", ["x", "ñ", "語", "👋"])
def test_a_line_of_chat_is_counted_in_code_points_whatever_its_letters(character: str) -> None:
    longest = character * CHAT_CHARACTERS_MAX

    assert receive_frame(frame("chat", id="m-1", text=longest)) == SendChat(id="m-1", text=longest)
    assert code_of(frame("chat", id="m-1", text=longest + character)) == "frame-invalid"


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert code_of('{"type":"chat","id":"m-1","text":"\\ud83d"}') == "frame-not-json"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
field_names = st.sampled_from(sorted({*WRONG, "sdpMid", "usernameFragment", "other"}))


@given(kind=st.sampled_from(sorted(RIGHT)), fields=st.dictionaries(field_names, json_values, max_size=6))
def test_a_frame_with_random_fields_is_read_whole_or_refused(kind: str, fields: dict[str, object]) -> None:
    raw = frame(kind, **{**RIGHT[kind], **fields})

    try:
        read = receive_frame(raw)
    except FrameRefused as refused:
        assert refused.code in {"frame-invalid", "frame-not-json"}  # noqa: PT017 - both answers are right
    else:
        assert receive_frame(encode_frame(read)) == read
