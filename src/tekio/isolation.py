"""A process without any network: an empty network namespace of its own, made without privileges where Linux offers it.

The guard of `tekio.offline` sees what goes through Python. Native code that opens sockets by itself, and children that are no
Python, are stopped by the system only: in a new network namespace there is nothing but loopback.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from tekio.errors import Text, UsageError

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def _unshare() -> str | None:
    """Enter a new network namespace, in a new user namespace where needed. Returns why it failed, or None."""
    if not sys.platform.startswith("linux"):
        return sys.platform
    system = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if user == 0 and system.unshare(_NEW_NETWORK) == 0:
        return None
    if system.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return os.strerror(ctypes.get_errno())
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    except OSError as error:
        return error.strerror or str(error)
    return None


def _start_loopback() -> None:
    """Bring up `lo` in the new namespace: local servers and torch's processes talk over it."""
    import fcntl
    import socket
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        request = struct.pack("16sh14x", b"lo", 0x1 | 0x40)  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(made, 0x8914, request)  # SIOCSIFFLAGS


def isolate() -> None:
    """Cut this process and its children off from every network but their own loopback, for good.

    Call it before any thread starts. Raises `UsageError` where the system does not offer it.
    """
    problem = _unshare()
    if problem is None:
        try:
            _start_loopback()
        except OSError as error:
            problem = error.strerror or str(error)
    if problem is not None:
        raise UsageError(
            Text(
                "This system offers no network namespace to this user.",
                "このシステムでは、この利用者は通信を遮断した名前空間を作れません。",
            ),
            where="--isolate",
            why=problem,
            fix=Text(
                "Without --isolate the guard closes what goes through Python (docs/architecture.md).",
                "--isolate なしでは Python を通る通信だけを禁止します(docs/architecture.md)。",
            ),
        )


def isolation_problem() -> str | None:
    """Why `isolate` would fail here, or None where the system offers it; tried in a child."""
    if not sys.platform.startswith("linux"):
        return sys.platform
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            isolate()
            os._exit(0)
        except UsageError as error:
            os.write(writer, str(error.why).encode()[:500])
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        said = stream.read().decode("utf-8", "replace")
    return None if os.waitpid(child, 0)[1] == 0 else said or "failed"
