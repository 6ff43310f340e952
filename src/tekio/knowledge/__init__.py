"""What a document says, piece by piece: its passages by structure, the figures of its tables, and the facts of a text with
their places. `study` writes about them, `exam` asks about them, retrieval looks them up.
"""
