"""Joins the two sides in two processes: events go one way as webhooks, room commands come back, both signed."""
