"""Processes that train together leave their group before they end."""

import subprocess
import sys

ENDS = """
import atexit
import torch.distributed as dist
from tekio.train.process_group import group_of_one
atexit.register(lambda: print("in a group" if dist.is_initialized() else "left"))  # called after what is registered later
group_of_one()
print("in a group" if dist.is_initialized() else "left")
"""


def test_the_group_is_left_before_python_ends():
    """A thread of gloo that is there until the end aborted the process one time in some dozens."""
    done = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["in a group", "left"]
