"""Two processes: what one tells the other."""
