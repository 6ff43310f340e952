"""Tekio's version, alone on the ground so that every part may say which one it is."""

__version__ = "0.2.0"
