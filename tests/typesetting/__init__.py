"""A small typesetter: letters of both families as PDF, Word and text, written by the tests themselves."""
