"""The golden messages in wire/: Python reads and writes the same as TypeScript (client/tests)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from langdao_video.session.events import public_event
from langdao_video.signaling.codec import encode_frame, receive_frame
from langdao_video.signaling.messages import ServerFrame

WIRE = Path(__file__).parent.parent / "wire"


def goldens(folder: str) -> list[Any]:
    return [pytest.param(path, id=path.stem) for path in sorted((WIRE / folder).glob("*.json"))]


@pytest.mark.parametrize("path", goldens("frames/client"))
def test_a_frame_of_the_browser_is_read_and_written_to_the_letter(path: Path) -> None:
    golden = json.loads(path.read_text("utf-8"))

    frame = receive_frame(json.dumps(golden))

    assert json.loads(encode_frame(frame)) == golden


@pytest.mark.parametrize("path", goldens("frames/server"))
def test_a_frame_of_the_service_is_written_to_the_letter(path: Path) -> None:
    golden = json.loads(path.read_text("utf-8"))

    frame = msgspec.json.decode(json.dumps(golden), type=ServerFrame)

    assert json.loads(encode_frame(frame)) == golden


@pytest.mark.parametrize("path", goldens("events"))
@pytest.mark.requirement("R21", "R22", "R23", "R24", "R25", "R26")
def test_an_event_is_read_and_written_to_the_letter(path: Path) -> None:
    golden = json.loads(path.read_text("utf-8"))

    event = public_event.validate_python(golden)

    assert event.to_wire() == golden


def test_every_frame_of_the_protocol_has_a_golden_message() -> None:
    def kinds(folder: str) -> set[str]:
        return {json.loads(path.read_text("utf-8"))["type"] for path in (WIRE / folder).glob("*.json")}

    tags = {struct.__struct_config__.tag for struct in ServerFrame.__args__}

    assert kinds("frames/server") == tags
