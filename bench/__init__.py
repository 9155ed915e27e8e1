"""Benchmarks: each prints ratios to a reference of the same run. `python -m bench` runs them all."""
