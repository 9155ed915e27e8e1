"""Only one service uses an SQLite file; the next one may when it has ended, however it ended."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from langdao_video.errors import Unavailable
from langdao_video.nodes.file_lock import is_locked, locked

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from langdao_video.nodes.file_lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    input()
"""


def test_a_second_service_is_refused_with_what_to_set(tmp_path: Path) -> None:
    database = tmp_path / "lessons.sqlite"

    with locked(database):
        assert is_locked(database)
        with pytest.raises(Unavailable) as refused, locked(database):
            pass

    assert refused.value.code == "store-taken"
    assert "lessons.sqlite" in refused.value.message
    assert "DATABASE_URL" in refused.value.message
    assert not is_locked(database)
    with locked(database):
        pass


def test_the_kernel_frees_the_file_of_a_process_that_was_killed(tmp_path: Path) -> None:
    database = tmp_path / "lessons.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        while_it_lived = is_locked(database)
        process.kill()
        process.wait()

    assert while_it_lived
    with locked(database):
        pass


def test_a_file_that_was_never_served_is_free(tmp_path: Path) -> None:
    assert not is_locked(tmp_path / "lessons.sqlite")
    assert list(tmp_path.iterdir()) == []
