"""The network guard: every verb but `fetch` and `publish` runs with sockets forbidden.

Python raises an audit event before it opens a connection or looks up a name; our hook refuses it. A hook cannot be
removed again, so nothing imported later can lift the guard. Libraries that would call home are told so before they are
imported. Loopback is allowed only for the verbs that need it (a local model server, the review page, a local cluster).
"""

from __future__ import annotations

import ipaddress
import os
import sys
from dataclasses import dataclass
from typing import Any, cast

from tekio.errors import PolicyError, Text


@dataclass
class _Guard:
    installed: bool = False
    closed: bool = False
    loopback: bool = False


_guard = _Guard()

QUIET_LIBRARIES = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "WANDB_MODE": "offline",
    "RAY_USAGE_STATS_ENABLED": "0",
}


def _is_loopback(host: object) -> bool:
    if not isinstance(host, str | bytes):
        return False
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _guard.closed or not event.startswith("socket."):
        return
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if not isinstance(address, tuple):  # a Unix socket's path, or None for a connected socket
            return
        host = cast("tuple[object, ...]", address)[0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
        if host is None:  # a wildcard address for a server of our own
            return
    else:
        return
    if _guard.loopback and _is_loopback(host):
        return
    raise PolicyError(
        Text("The network is closed for this command.", "このコマンドでは通信を禁止しています。"),
        where=f"{event} {host!r}",
        why=Text("Only `fetch` and `publish` may use the network.", "通信できるのは fetch と publish だけです。"),
    )


def close_network(*, loopback: bool = False) -> None:
    """Forbid network connections in this process. `loopback`: allow 127.0.0.0/8 and ::1."""
    os.environ.update(QUIET_LIBRARIES)
    _guard.closed, _guard.loopback = True, loopback
    if not _guard.installed:
        sys.addaudithook(_hook)
        _guard.installed = True


def open_network() -> None:
    """Allow connections again (`fetch`, `publish`, and tests)."""
    _guard.closed = False
