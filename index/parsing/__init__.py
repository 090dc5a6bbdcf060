"""2 parse: a `Document` becomes a `Letter` of questions and answers."""
