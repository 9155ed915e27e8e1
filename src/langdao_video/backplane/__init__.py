"""How one part of the service hears that another has news."""
