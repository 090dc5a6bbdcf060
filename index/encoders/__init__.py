"""4 encode: text becomes unit vectors."""
