"""The HTTP interface: thin routers that do not know each other."""
