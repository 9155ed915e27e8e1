"""What every adapter of a port has to do; each runs the same cases."""
