"""The network guard: every verb but `fetch` and `bundle make` runs with sockets forbidden.

Python raises an audit event before it opens or binds a connection or looks up a name; our hook refuses it. The hook cannot
be taken out again, children that are Python install it too before anything else runs (`tekio.child_guard`), and libraries
that would call home are told not to. Loopback is allowed only for the verbs that need it (a local model server, the review
page, a local cluster).

What it is: a guard against connections nobody asked for, by any code that goes through Python's `socket`. What it is not: a
wall against code that means harm. Native code that calls the C library by itself, children that are no Python or start with
`-I`, `-E` or `-S`, and whoever calls `open_network` are not stopped by it. `tekio --isolate` (`tekio.isolation`) closes all of
that, where the system offers it.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
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
    "VLLM_NO_USAGE_STATS": "1",
}


# RFC 1918, RFC 4193, link-local (RFC 3927, RFC 4291): the own network. By list: `is_private` means more than that.
PRIVATE = tuple(
    ipaddress.ip_network(item)
    for item in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
)
# Where clouds give credentials to whoever asks.
METADATA = frozenset(ipaddress.ip_address(item) for item in ("169.254.169.254", "fd00:ec2::254"))
CHILD_GUARD = Path(__file__).parent / "child_guard"
_ADDRESSED = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg")
_LOOKED_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_loopback(host: object) -> bool:
    if not isinstance(host, str | bytes):
        return False
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name.lower() == "localhost":
        return True
    found = _address(name)
    return found is not None and found.is_loopback


def is_own_network(host: str) -> bool:
    """Whether an address belongs to the own network (`PRIVATE`) or this machine, and gives no credentials (`METADATA`)."""
    found = _address(host)
    if found is None or found in METADATA:
        return False
    return found.is_loopback or any(found in network for network in PRIVATE)


_RAW = 3  # SOCK_RAW; `socket` is not imported before a verb needs it
_BEYOND = frozenset({17, 31, 40})  # AF_PACKET, AF_BLUETOOTH, AF_VSOCK


def _kind(kind: object) -> int:
    return int(cast("int", kind)) & 0xF


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _guard.closed or not event.startswith("socket."):
        return
    if event in _ADDRESSED:
        address = arguments[1]
        if not isinstance(address, tuple):  # a Unix socket's path, or None for a connected socket
            return
        host = cast("tuple[object, ...]", address)[0]
    elif event in _LOOKED_UP:
        host = arguments[0]
        if host is None:  # no question to a server; binding the answer is looked at by itself
            return
    elif event == "socket.getnameinfo":
        host = cast("tuple[object, ...]", arguments[0])[0]
    elif event == "socket.__new__" and (_kind(arguments[2]) == _RAW or arguments[1] in _BEYOND):
        host = f"family {arguments[1]}, type {arguments[2]}"
    else:
        return
    if _guard.loopback and _is_loopback(host):
        return
    if (host.decode("ascii", "replace") if isinstance(host, bytes) else host) in _guard.allowed:
        return
    raise PolicyError(
        Text("The network is closed for this command.", "このコマンドでは通信を禁止しています。"),
        where=f"{event} {host!r}",
        why=Text(
            "Only `fetch` and `bundle make` may use the network.", "通信できるのは fetch と bundle make だけです。"
        ),
    )


def close_network(*, loopback: bool = False) -> None:
    """Forbid network connections in this process and its children. `loopback`: allow 127.0.0.0/8 and ::1."""
    os.environ.update(QUIET_LIBRARIES)
    _guard.closed, _guard.loopback = True, loopback
    os.environ["TEKIO_NETWORK"] = "loopback" if loopback else "closed"
    before = [item for item in os.environ.get("PYTHONPATH", "").split(os.pathsep) if item]
    if str(CHILD_GUARD) not in before:
        os.environ["PYTHONPATH"] = os.pathsep.join([str(CHILD_GUARD), *before])
    if not _guard.installed:
        sys.addaudithook(_hook)
        _guard.installed = True


def allow_private_host(host: str) -> None:
    """Let this process reach one host of the user's own network (a model server), which the user has named.

    Raises `PolicyError` if any address of `host` is neither loopback nor of the own network (`is_own_network`), or if it
    has no address. Later connections go to the addresses found now, whatever the name means then.
    """
    import socket

    _guard.allowed.add(host)
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        found = set[str]()
    if not found or not all(is_own_network(address) for address in found):
        _guard.allowed.discard(host)
        raise PolicyError(
            Text("Only hosts in your own network may be used.", "社内ネットワークの接続先だけが使えます。"),
            where=host,
            why=", ".join(sorted(found)) or Text("It has no address.", "アドレスが見つかりません。"),
        )
    _guard.allowed |= found


def open_network() -> None:
    """Allow connections again (`fetch`, and tests)."""
    _guard.closed = False
    os.environ.pop("TEKIO_NETWORK", None)
