"""Real servers from the system's packages: each in a folder and on a port of its own, gone after the tests."""
