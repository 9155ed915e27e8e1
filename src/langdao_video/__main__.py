"""Runs `langdao-video` for `python -m langdao_video`."""

from langdao_video.cli import main

if __name__ == "__main__":
    main()
