"""Plays whole lessons in virtual time with the real rules, and judges each bill by an oracle that knows the truth."""
