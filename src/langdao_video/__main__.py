"""Runs `langdao-video`, as a command and for `python -m langdao_video`; says what to install if the service is not."""

from __future__ import annotations

import sys
from typing import Final

_NOT_INSTALLED: Final = 2
"""The exit status without the extra `service`."""


def main() -> None:
    """Run the command line. Without the service's libraries, say how to install them."""
    try:
        from langdao_video.cli import main as run  # noqa: PLC0415  only the service's own libraries can read it
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing == "langdao_video":
            raise  # a mistake of ours, not of the installation
        print(
            f"langdao-video: there is no module {missing!r}, because only the library for platforms is installed. "
            'Install the service: pip install "langdao-video[service]"',
            file=sys.stderr,
        )
        sys.exit(_NOT_INSTALLED)
    run()


if __name__ == "__main__":
    main()
