"""Units of work: sources cut, read, cleaned and measured; nothing is decided here."""
