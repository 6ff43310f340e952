"""Commands run with the network closed; only loopback is open where a verb needs it."""

import shutil
import subprocess
import sys
import textwrap

import pytest

from tekio.isolation import isolation_problem
from tekio.offline import is_own_network


def run(code: str) -> str:
    """Run in a process of its own: an audit hook cannot be taken out again."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


ATTEMPT = """
import socket, urllib.request
from tekio.errors import PolicyError
from tekio.offline import close_network
server = socket.create_server(("127.0.0.1", 0))
address = server.getsockname()
close_network(loopback={loopback})
def attempt(action):
    try:
        action()
        return "open"
    except PolicyError:
        return "closed"
    except OSError:
        return "failed"
print(
    attempt(lambda: socket.create_connection(("192.0.2.1", 80), timeout=1)),
    attempt(lambda: urllib.request.urlopen("http://example.com/", timeout=1)),
    attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53))),
    attempt(lambda: socket.create_connection(address, timeout=1)),
)
"""


def test_nothing_leaves_the_machine():
    assert run(ATTEMPT.format(loopback=False)) == "closed closed closed closed"


def test_loopback_opens_only_loopback():
    assert run(ATTEMPT.format(loopback=True)) == "closed closed closed open"


def test_libraries_are_told_before_they_are_imported():
    code = """
    import os
    from tekio.offline import close_network
    close_network()
    print(os.environ["HF_HUB_OFFLINE"], os.environ["DO_NOT_TRACK"])
    """
    assert run(code) == "1 1"


def test_children_that_are_python_inherit_the_guard():
    code = """
    import socket, subprocess, sys
    from tekio.offline import close_network
    server = socket.create_server(("127.0.0.1", 0))
    close_network()
    child = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), timeout=2)"
    done = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True)
    print(done.returncode != 0 and "PolicyError" in done.stderr)
    """
    assert run(code) == "True"


def test_servers_reverse_names_and_raw_sockets_are_closed():
    code = """
    import socket
    from tekio.errors import PolicyError
    from tekio.offline import close_network
    close_network(loopback=True)
    def attempt(action):
        try:
            action()
        except PolicyError:
            return "closed"
        except OSError as error:
            return "failed"
        return "open"
    print(
        attempt(lambda: socket.create_server(("0.0.0.0", 0))),
        attempt(lambda: socket.create_server(("", 0))),
        attempt(lambda: socket.getnameinfo(("192.0.2.1", 80), 0)),
        attempt(lambda: socket.gethostbyaddr("192.0.2.1")),
        attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)),
        attempt(lambda: socket.create_server(("127.0.0.1", 0))),
    )
    """
    assert run(code) == "closed closed closed closed closed open"


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("10.1.2.3", True),
        ("172.31.0.1", True),
        ("192.168.0.1", True),
        ("fd12::1", True),
        ("fe80::1", True),
        ("127.0.0.1", True),
        ("169.254.1.1", True),
        ("169.254.169.254", False),
        ("::ffff:169.254.169.254", False),
        ("::ffff:8.8.8.8", False),
        ("100.64.0.1", False),
        ("198.18.0.1", False),
        ("192.0.2.1", False),
        ("0.0.0.0", False),
        ("2001:db8::1", False),
        ("240.0.0.1", False),
        ("172.32.0.1", False),
    ],
)
def test_the_own_network_is_a_list(host, own):
    assert is_own_network(host) == own


def test_isolated_there_is_nothing_but_the_own_loopback():
    if isolation_problem() is not None:
        pytest.skip(f"no network namespaces here: {isolation_problem()}")
    code = """
    import ctypes, socket, struct
    server = socket.create_server(("127.0.0.1", 0))
    from tekio.isolation import isolate
    isolate()
    system = ctypes.CDLL(None)
    address = struct.pack("=H", 2) + struct.pack("!H4s8x", server.getsockname()[1], socket.inet_aton("127.0.0.1"))
    print(system.connect(system.socket(2, 1, 0), address, 16))
    inside = socket.create_server(("127.0.0.1", 0))
    print(socket.create_connection(inside.getsockname(), timeout=2).fileno() > 0)
    """
    assert run(code) == "-1\nTrue"


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_a_run_opens_no_internet_socket(tmp_path):
    (tmp_path / "a.txt").write_text("これは試験文書です。" * 20)
    (tmp_path / "r.yaml").write_text(
        "name: x\nengine: {workers: 2}\ncorpus: {sources: [{name: s, path: '*.txt', license: CC0-1.0}], filters: {preset: none}}\n"
    )
    trace = tmp_path / "trace"
    words = ["strace", "-f", "-e", "trace=network", "-o", str(trace), sys.executable, "-m", "tekio", "run", "r.yaml"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    assert "AF_INET" not in trace.read_text()
