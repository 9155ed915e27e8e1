"""Paid video lessons: the call service and the platform backend that bills them. See README.md."""
