"""Review of instruction records by people: in a local page, in one HTML file, in a table, in Label Studio.

Whatever the way, a decision is one `Action`; actions are kept in one store and never changed. See docs/review.md.
"""
