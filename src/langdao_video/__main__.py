"""`python -m langdao_video` is `langdao-video`."""

from langdao_video.cli import main

if __name__ == "__main__":
    main()
