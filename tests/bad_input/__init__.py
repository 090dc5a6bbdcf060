"""Files that no reader should have to see, and what must happen with each."""
