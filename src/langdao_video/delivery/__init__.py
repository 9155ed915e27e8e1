"""Delivers events to a platform."""
