"""Stores sessions: one port, one SQL implementation for SQLite and PostgreSQL, one in memory for tests."""
