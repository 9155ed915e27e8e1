"""Tells the parts of the service that a session has news."""
