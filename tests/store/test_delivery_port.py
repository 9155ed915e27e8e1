"""What the port promises without a store."""

from __future__ import annotations

from langdao_video.store.delivery_port import Endpoint


def test_an_endpoints_secrets_are_in_no_log() -> None:
    endpoint = Endpoint(id="hook", url="https://platform.example", secrets=("whsec_abc",))

    assert "whsec" not in repr(endpoint)
