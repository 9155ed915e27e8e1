"""Thin HTTP routers, beside each other."""
