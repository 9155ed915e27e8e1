"""The call service: frames and room rules (pure), one driver for each socket, and the rooms of this node."""
