"""The one place that touches numba: functions compiled on first use and kept in a cache on disk.

Modules that use it are imported only by stages, so starting `tekio` does not pay for numba. Where no folder can be
written (a read-only installation without a home), the code is compiled anew in every process.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false
# (numba has no type information)

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

Parameters = ParamSpec("Parameters")
Value = TypeVar("Value")


def compiled(function: Callable[Parameters, Value]) -> Callable[Parameters, Value]:
    """Compile a numeric function to machine code at its first call, without the interpreter lock."""
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no place to keep compiled code
        made = numba.njit(nogil=True)(function)
    return cast("Callable[Parameters, Value]", made)
