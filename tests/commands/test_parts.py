"""How a command begins and ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from langdao_video.commands.parts import Parts, open_parts, read_settings, run_command
from langdao_video.errors import BadRequest, Unavailable
from langdao_video.settings import Settings


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Undo that a command sets up its own log."""
    yield
    structlog.reset_defaults()


def test_a_wrong_setting_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings(port=99_999)

    assert ended.value.code == 2
    assert "PORT:" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["backend_url", "webrtc_url"])
def test_a_password_in_a_url_is_not_repeated(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit):
        read_settings(**{name: "https://me:hush@platform.example/"})

    said = capsys.readouterr().err
    assert said.startswith(f"{name.upper()}: 'https://…@platform.example/' is no full URL")
    assert "without user name" in said


async def test_the_store_is_closed_after_the_command(tmp_path: Path) -> None:
    async with open_parts(Settings(database_url=f"sqlite:///{tmp_path / 'a.sqlite'}")) as parts:
        assert await parts.store.load_events("s") == []

    with pytest.raises(Unavailable):
        await parts.store.load_events("s")


def test_a_refusal_is_printed_without_control_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'a.sqlite'}")

    async def refuse(_parts: Parts) -> str:
        raise BadRequest("wrong", "this is \x1b[31mwrong")

    with pytest.raises(SystemExit) as ended:
        run_command(refuse)

    assert ended.value.code == 1
    assert capsys.readouterr().err == "this is \\x1b[31mwrong\n"
