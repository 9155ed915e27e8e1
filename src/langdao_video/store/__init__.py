"""Where sessions are kept: one port, one SQL implementation for SQLite and PostgreSQL, one in memory for tests."""
