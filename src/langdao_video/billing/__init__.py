"""Turns proofs into a bill: the rules (pure), and the service that loads a session, decides and appends facts."""
