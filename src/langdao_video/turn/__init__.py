"""Asks a STUN or TURN server, as a browser would, what it does and what it refuses."""
