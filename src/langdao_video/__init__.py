"""A paid video-lesson room: the call service and the billing backend. See README.md."""
