"""Both sides in one process: what the call service asks for, and which room commands it gets."""
