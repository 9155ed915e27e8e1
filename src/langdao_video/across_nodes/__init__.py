"""Joins the nodes of one service: sockets and requests of a room are carried to the node that owns it."""
