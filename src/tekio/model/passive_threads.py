"""Ask the threads of the matrix library to sleep while they wait for each other.

torch's threads (GNU OpenMP) spin at every barrier. Where another program holds a core, a spinning thread keeps the one it
waits for from being scheduled, and training falls to a fraction of its speed (`benchmarks/busy_core.py`). The library
reads the setting when it is loaded, so it is made when this package is imported, before torch is; a setting of the
user's own stays. It changes no bit of a result.
"""

from __future__ import annotations

import os


def ask_for_passive_waiting() -> None:
    """Set what is not set yet in this process' environment (worker processes inherit it)."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
