"""The edge: what happens between the port and the application, where nobody has proved anything yet."""
