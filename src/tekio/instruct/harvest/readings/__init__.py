"""Candidate readings of a page: which blocks would be its questions if the page had one shape or another."""
