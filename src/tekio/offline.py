"""The network guard: every verb but `fetch` and `publish` runs with sockets forbidden.

Python raises an audit event before it opens a connection or looks up a name; our hook refuses it. A hook cannot be
removed again, so nothing imported later can lift the guard. Libraries that would call home are told so before they are
imported. Loopback is allowed only for the verbs that need it (a local model server, the review page, a local cluster).
"""

from __future__ import annotations

import ipaddress
import os
import sys
from dataclasses import dataclass, field
from typing import Any, cast

from tekio.errors import PolicyError, Text


@dataclass
class _Guard:
    installed: bool = False
    closed: bool = False
    loopback: bool = False
    allowed: set[str] = field(default_factory=set[str])  # names and addresses of the user's own network


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
    if (host.decode("ascii", "replace") if isinstance(host, bytes) else host) in _guard.allowed:
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


def allow_private_host(host: str) -> None:
    """Let this process reach one host of the user's own network (a model server), which the user has named.

    Raises `PolicyError` if any address of `host` is neither loopback nor private (RFC 1918, RFC 4193, link-local), or
    if it has no address. Later connections go to the addresses found now, whatever the name means then.
    """
    import socket

    _guard.allowed.add(host)
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        found = set[str]()
    addresses = [ipaddress.ip_address(address.split("%")[0]) for address in found]
    if not addresses or not all(item.is_loopback or item.is_private or item.is_link_local for item in addresses):
        _guard.allowed.discard(host)
        raise PolicyError(
            Text("Only a host of the own network may be used.", "社内ネットワークの接続先だけが使えます。"),
            where=host,
            why=", ".join(sorted(found)) or Text("It has no address.", "アドレスが見つかりません。"),
        )
    _guard.allowed |= found


def open_network() -> None:
    """Allow connections again (`fetch`, `publish`, and tests)."""
    _guard.closed = False
