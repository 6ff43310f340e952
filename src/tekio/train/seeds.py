"""Random numbers that depend on names, not on history: every draw has its own seed."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt


def derived_seed(seed: int, *names: object) -> int:
    """A 63-bit seed for one purpose, for example `derived_seed(17, "order", epoch)`."""
    content = "\x1f".join([str(seed), *[str(name) for name in names]])
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:8], "big") >> 1


def permutation(count: int, seed: int, *names: object) -> npt.NDArray[np.int64]:
    """A permutation of `range(count)` that depends only on the arguments."""
    return np.random.Generator(np.random.PCG64(derived_seed(seed, *names))).permutation(count)
