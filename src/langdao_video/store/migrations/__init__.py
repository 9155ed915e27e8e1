"""The migrations: one file for each step in `versions/`, never edited after a release. They lead to `tables.py`."""
