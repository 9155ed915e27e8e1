"""Whole lessons in virtual time over the real rules and store, judged by an oracle that knows the truth."""
