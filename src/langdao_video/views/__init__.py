"""Shows a session to people and platforms: JSON, statement pages, CSV, formatted money. Pure."""
