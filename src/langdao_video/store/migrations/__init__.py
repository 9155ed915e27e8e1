"""One file a step, never edited after a release. `tables.py` is where they lead."""
