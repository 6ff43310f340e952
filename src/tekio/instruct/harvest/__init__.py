"""Questions and answers from pages: blocks, candidate readings, the choice among them, coverage."""
