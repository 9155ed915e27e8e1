from __future__ import annotations

from typing import cast

from langdao_video.signaling.chat_writer import ChatWriter
from langdao_video.signaling.hosted import Hosted
from langdao_video.signaling.outbox import Outbox
from langdao_video.signaling.port import Socket
from langdao_video.signaling.preview import Preview


class NoSocket:
    conn = 1

    def send(self, frame: object) -> None:
        """Take nothing."""

    def close(self, code: int, reason: str) -> None:
        """Close nothing."""


def make_hosted() -> Hosted:
    return Hosted(Preview.__new__(Preview), cast("Outbox", None), cast("ChatWriter", None))


def test_a_previewed_room_is_left_when_its_last_socket_is() -> None:
    hosted = make_hosted()
    assert hosted.is_left

    hosted.sockets[1] = cast("Socket", NoSocket())
    assert not hosted.is_left

    del hosted.sockets[1]
    assert hosted.is_left
