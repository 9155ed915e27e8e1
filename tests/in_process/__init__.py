"""Both sides in one process: what the call service asks, and what it is told."""
