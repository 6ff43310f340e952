"""Settings for all tests: the code under test is this checkout's, also in processes that tests start."""

import os
from pathlib import Path

from hypothesis import settings

from tekio.offline import open_network

if not os.environ.get("CI"):  # there hypothesis chooses settings of its own, which have no deadline either
    settings.register_profile("tekio", deadline=None)
    settings.load_profile("tekio")

SOURCE = Path(__file__).resolve().parent.parent / "src"
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH")]))
os.environ["TOKENIZERS_PARALLELISM"] = "false"


def pytest_runtest_teardown() -> None:
    """A command run inside the test process closes the network for good; tests after it may need their local servers."""
    open_network()
