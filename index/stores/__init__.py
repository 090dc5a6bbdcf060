"""5 keep: vectors under ids."""
