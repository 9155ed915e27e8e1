"""Real servers from the system's packages. Each has its own folder and port, and is removed after the tests."""
