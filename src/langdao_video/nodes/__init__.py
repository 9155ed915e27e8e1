"""This process among others of one database: its lease, its rooms, and the time that all of them share."""
