"""Everything that happens before anyone asks: read, parse, cut, encode, keep."""
