"""A frame's text: its size is checked first, then its depth, then that it is JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.errors import FrameRefused
from langdao_video.signaling.codec import FRAME_SIZE_BYTES_MAX, receive_frame
from langdao_video.signaling.messages import Ice, Offer
from tests.signaling.test_messages import code_of, frame


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "hello",
        "{",
        '{"type":',
        "{'type':'join'}",
        "\ufeff{}",
        '{"type":"end-session"}}',
        '{"a":1,}',
        b"\xff",
        "\ud800",
    ],
    ids=repr,
)
def test_input_that_is_not_json(raw: str | bytes) -> None:
    assert code_of(raw) == "frame-not-json"


@pytest.mark.parametrize(
    "raw", ["null", "5", "true", '"join"', "[]", '[{"type":"end-session"}]', "{}", '{"typ":"join"}']
)
def test_json_that_is_not_an_object_with_a_type(raw: str) -> None:
    assert code_of(raw) == "frame-invalid"


class TestSize:
    def test_a_frame_of_64_kib_is_read(self) -> None:
        padding = "x" * (FRAME_SIZE_BYTES_MAX - len(frame("end-session", pad="")))

        receive_frame(frame("end-session", pad=padding))

    @pytest.mark.parametrize("character", ["x", "é", "語", "👋"])
    def test_a_larger_one_is_refused_by_its_bytes_for_any_character(self, character: str) -> None:
        count = FRAME_SIZE_BYTES_MAX // len(character.encode()) + 1

        assert code_of('{"type":"end-session","pad":"' + character * count + '"}') == "frame-too-large"

    def test_the_size_is_checked_first(self) -> None:
        assert code_of("[" * (FRAME_SIZE_BYTES_MAX + 1)) == "frame-too-large"
        assert code_of(b"\xff" * (FRAME_SIZE_BYTES_MAX + 1)) == "frame-too-large"


class TestDepth:
    @pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
    @pytest.mark.parametrize("ends", [True, False], ids=["whole", "torn"])
    def test_a_frame_as_deep_as_it_is_long_is_refused(
        self, opening: str, closing: str, *, ends: bool
    ) -> None:
        depth = 60_000 // (len(opening) + len(closing))
        inner = opening * depth + "1" + (closing * depth if ends else "")

        assert code_of(inner) in {"frame-too-deep", "frame-invalid"}
        assert code_of('{"type":"end-session","pad":' + inner + "}") == "frame-too-deep"
        assert code_of('{"type":"ice","to":"p-12345678","candidate":' + inner + "}") in {
            "frame-too-deep",
            "frame-invalid",
        }


@given(raw=st.text(max_size=200) | st.binary(max_size=200))
def test_random_input_is_refused_with_a_code(raw: str | bytes) -> None:
    assert code_of(raw) in {"frame-not-json", "frame-invalid"}


class TestRelayedFrames:
    @pytest.mark.parametrize(
        "raw",
        [
            b'{"type":"ice","to":"page-0001","candidate":null,"type":"session-ended"}',
            b'{"type":"ice","to":"page-0001","candidate":null,"typ\\u0065":"session-ended"}',
            b'{"type":"ice","to":"page-0001","candidate":null,"pad":"\\x"}',
            b'{"type":"ice","to":"page-0001","candidate":null,"pad":"\xff"}',
            b'{"type":"ice","to":"page-0001","candidate":null,"pad":01}',
            b'{"type":"ice","to":"page-0001","candidate":null,"pad":"\x01"}',
            b'{"type":"ice","to":"page-0001","candidate":null,}',
        ],
    )
    def test_a_browser_reads_in_them_what_we_have_checked(self, raw: bytes) -> None:
        with pytest.raises(FrameRefused):
            receive_frame(raw)

    @given(
        pairs=st.lists(
            st.tuples(
                st.sampled_from(["type", "to", "candidate", "sdp", "number", "pad", "typ\\u0065"]),
                st.sampled_from(
                    [
                        '"ice"',
                        '"offer"',
                        '"page-0001"',
                        '"page-0002"',
                        "null",
                        "1",
                        "1.0",
                        '{"candidate":""}',
                        "[[]]",
                    ]
                ),
            ),
            max_size=7,
        )
    )
    def test_of_two_equal_names_we_take_the_one_that_a_browser_takes(
        self, pairs: list[tuple[str, str]]
    ) -> None:
        raw = "{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}"

        try:
            frame = receive_frame(raw)
        except FrameRefused:
            return

        read = json.loads(raw)
        assert isinstance(frame, Ice | Offer)
        assert (frame.__struct_config__.tag, frame.to) == (read["type"], read["to"])
        assert (frame.sdp if isinstance(frame, Offer) else None) == (
            read["sdp"] if read["type"] == "offer" else None
        )
