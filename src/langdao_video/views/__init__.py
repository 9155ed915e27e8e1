"""What people and platforms are shown of a session: JSON, statement pages, CSV, money in words. Pure."""
