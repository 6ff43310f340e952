"""Preference pairs: of what reviewers decided, and of published preference sets."""
