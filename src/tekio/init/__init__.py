"""A first recipe: look at a folder of the user's own files and write what a run with them needs."""

from __future__ import annotations

from tekio.init.look import Found, LeftOut, look_at
from tekio.init.write import first_recipe

__all__ = ["Found", "LeftOut", "first_recipe", "look_at"]
