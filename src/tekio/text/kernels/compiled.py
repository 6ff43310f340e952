"""The one place that touches numba: functions compiled on first use and kept in a cache on disk.

Modules that use it are imported only by stages, so starting `tekio` does not pay for numba. Where no folder can be
written (a read-only installation without a home, a full disk), the code is compiled anew in every process.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false
# (numba has no type information)

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba

Parameters = ParamSpec("Parameters")
Value = TypeVar("Value")


def compiled(function: Callable[Parameters, Value]) -> Callable[Parameters, Value]:
    """Compile a numeric function to machine code at its first call, without the interpreter lock."""
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no place to keep compiled code
        return cast("Callable[Parameters, Value]", numba.njit(nogil=True)(function))
    _keep_if_possible(made)
    return cast("Callable[Parameters, Value]", made)


def _keep_if_possible(made: Any) -> None:
    """A full disk must not fail the first call: numba raises when it cannot keep what it compiled."""
    cache = getattr(made, "_cache", None)
    save = getattr(cache, "save_overload", None)
    if cache is None or save is None:
        return

    def save_or_not(signature: Any, code: Any) -> None:
        with contextlib.suppress(OSError):
            save(signature, code)

    cache.save_overload = save_or_not
