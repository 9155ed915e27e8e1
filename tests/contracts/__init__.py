"""The contract of each port: all its adapters run the same cases."""
