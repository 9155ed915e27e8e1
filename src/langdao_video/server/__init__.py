"""The edge: the HTTP and WebSocket connections in front of the application, before any caller has proved anything."""
