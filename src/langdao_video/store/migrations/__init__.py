"""One file a step in `versions/`, never edited after a release. `tables.py` is where they lead."""
