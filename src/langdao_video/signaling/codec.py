"""Reads and writes the frames of `messages.py` as JSON text. Pure.

Law: client frames are decoded strictly, here and nowhere else. A frame that does not fit raises FrameRefused and
changes nothing.
"""

from __future__ import annotations

from typing import Final

import msgspec

from langdao_video.errors import FrameRefused
from langdao_video.signaling.messages import ClientFrame, ServerFrame

FRAME_SIZE_BYTES_MAX: Final = 64 * 1024

_decoder: Final[msgspec.json.Decoder[ClientFrame]] = msgspec.json.Decoder(ClientFrame)
_encoder: Final = msgspec.json.Encoder()


def receive_frame(raw: str | bytes) -> ClientFrame:
    """Decode one frame from a browser.

    Raises FrameRefused with code `frame-too-large` (over 64 KiB), `frame-not-json`, `frame-too-deep`,
    or `frame-invalid` (unknown type, missing field, wrong type or out of range; the message names it).
    """
    size_bytes = len(raw.encode("utf-8", "surrogatepass")) if isinstance(raw, str) else len(raw)
    if size_bytes > FRAME_SIZE_BYTES_MAX:
        raise FrameRefused(
            "frame-too-large", f"A frame may have {FRAME_SIZE_BYTES_MAX} bytes, this one has {size_bytes}."
        )
    try:
        if isinstance(raw, bytes) and not raw.isascii():
            raw.decode()
        return _decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise FrameRefused(
            "frame-invalid", f"{error}. See docs/protocol.md for the frame's fields."
        ) from None
    except RecursionError:
        raise FrameRefused("frame-too-deep", "The frame is nested too deeply.") from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise FrameRefused("frame-not-json", f"A frame is one JSON object with a type: {error}.") from None


def encode_frame(frame: ServerFrame | ClientFrame) -> bytes:
    """Encode one frame for the wire, JSON in UTF-8."""
    return _encoder.encode(frame)
