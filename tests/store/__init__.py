"""What is particular to one part of the store; what all stores share is in `tests/contracts`."""
