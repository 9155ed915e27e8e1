"""The values that both sides share: links, languages, addresses, roles, states, facts, events. Pure."""
