"""Decisions about rows: thresholds, the sample, the held-out split, spans that are removed."""
