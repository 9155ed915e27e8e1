"""The room behind the socket: frames and rules (pure), one driver a socket, the rooms of this node."""
