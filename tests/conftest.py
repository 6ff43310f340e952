"""Settings for all tests: the code under test is this checkout's, also in processes that tests start."""

import os
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH")]))
os.environ["TOKENIZERS_PARALLELISM"] = "false"
