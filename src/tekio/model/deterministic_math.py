"""Ask the matrix library for the same bits every time.

Left alone, MKL chooses its code path and number of threads by the state of memory and machine: a run that was killed and
resumed then differs from an undisturbed one in the last bit. Its "conditional numerical reproducibility" and a fixed
number of threads end that. MKL reads both settings when it is first used, so they are made when this package is
imported, before torch is; a setting of the user's own stays.
"""

from __future__ import annotations

import os

SETTINGS = {"MKL_CBWR": "AUTO,STRICT", "MKL_DYNAMIC": "FALSE"}


def ask_for_repeatable_arithmetic() -> None:
    """Set what is not set yet in this process' environment (worker processes inherit it)."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
