"""Screening: checks on each record and over all records; whoever fails is rejected with a reason and a measure."""
