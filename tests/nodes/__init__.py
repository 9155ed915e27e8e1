"""Tests of the parts of one store. The tests that all stores share are in `tests/contracts`."""
