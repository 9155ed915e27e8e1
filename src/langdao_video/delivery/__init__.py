"""Events on their way to a platform."""
