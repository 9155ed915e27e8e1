"""Joins the two sides in one process: the call service and the platform backend call each other's functions."""
