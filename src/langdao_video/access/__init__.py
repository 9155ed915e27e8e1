"""Who may sit down, how often, and from where: tokens, limits, headers."""
