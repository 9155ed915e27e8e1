"""What a session is: links, languages, addresses, roles, states, facts, events. Pure."""
