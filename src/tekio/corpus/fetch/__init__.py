"""Download sources: the only part of the corpus stage that uses the network.

Every download is recorded with its address (secrets taken out), hash, size, day and terms page, so that a corpus can be
repeated from the record (`replay`) on a machine without network. docs/sources.md describes each source.
"""
