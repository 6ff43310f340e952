"""Commands run with the network closed; only loopback is open where a verb needs it."""

import subprocess
import sys
import textwrap


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
