"""The limits of the process that reads a PDF: below those of the user's own `ulimit`, and never above."""

import subprocess
import sys

import pytest

SCRIPT = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, ({own}, {own}))
from tekio.text.pdf import worker
asked = []
resource.setrlimit = lambda kind, limits: asked.append((kind, limits))
worker.{function}(3 << 30, 300)
print(dict(asked)[resource.RLIMIT_CPU])
"""


@pytest.mark.parametrize(("own", "expected"), [(60, "(60, 60)"), (302, "(300, 302)"), (1000, "(300, 305)")])
def test_a_lower_limit_of_the_user_s_own_stays(own: int, expected: str):
    script = SCRIPT.format(own=own, function="limit_self")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == expected, done.stderr
