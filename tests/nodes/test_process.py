"""A process of this machine is known to have ended, also before anybody waited for it; another machine's never is."""

from __future__ import annotations

import os
import subprocess
import sys

from langdao_video.nodes.process import describe_process, has_ended

SAY_WHO = (
    "from langdao_video.nodes.process import describe_process; print(describe_process(), flush=True); input()"
)


def test_a_process_lives_and_then_has_ended() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SAY_WHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        description = process.stdout.readline().strip()
        lived = not has_ended(description)
        process.kill()
        os.waitid(
            os.P_PID, process.pid, os.WEXITED | os.WNOWAIT
        )  # it has ended, and nobody has waited for it yet
        killed = has_ended(description)
        process.wait()

        assert (lived, killed, has_ended(description)) == (True, True, True)


def test_another_process_with_the_same_number_is_another() -> None:
    own = describe_process()

    assert not has_ended(own)
    assert has_ended(own.rpartition("/")[0] + "/0")


def test_whoever_lives_elsewhere_may_live() -> None:
    boot, namespace, pid, began = describe_process().split("/")

    assert not has_ended(f"another-boot/{namespace}/{pid}/0")
    assert not has_ended(f"{boot}/pid:[1]/{pid}/{began}0")
    assert not has_ended("")
    assert not has_ended("nonsense")
