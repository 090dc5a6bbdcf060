"""1 read: a file becomes a `Document` of lines."""
