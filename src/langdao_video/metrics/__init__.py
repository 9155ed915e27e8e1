"""What an operator measures: the tallies and states of all parts, as metrics of Prometheus."""
