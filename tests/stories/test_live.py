"""The server of these tests has the bounds of the one that people start."""

from __future__ import annotations

from typing import Any

import pytest

from langdao_video import cli
from tests.stories.live import _configure


def test_the_tests_serve_with_the_bounds_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    started: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda app, **options: started.update(options, app=app))
    monkeypatch.setattr("langdao_video.cli.configure_logs", lambda *_: None)

    cli.serve()

    ours = vars(_configure(started["app"]))
    bounds = {name for name in started if name.startswith("ws")} | {"timeout_graceful_shutdown"}
    assert len(bounds) > 4
    assert {name: ours[name] for name in bounds} == {name: started[name] for name in bounds}
