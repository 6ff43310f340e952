"""Existing data sets into instructions by templates."""
