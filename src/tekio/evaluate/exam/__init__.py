"""An exam as part of an evaluation: closed book, with retrieved passages, with the right passage; and what it recommends."""
