"""The steps. Each one names its predecessor."""
