"""Closes the network in Python processes started by one whose network is closed (`tekio.offline`), before anything else runs.

This folder stands first in their PYTHONPATH. Another `sitecustomize` that Python would have found is imported as well.
"""

import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

_here = Path(__file__).resolve().parent
_way = os.environ.get("TEKIO_NETWORK")
if _way in ("closed", "loopback"):
    sys.path.append(str(_here.parent.parent))
    from tekio.offline import close_network

    close_network(loopback=_way == "loopback")
    sys.path.remove(str(_here.parent.parent))

_others = [item for item in sys.path if not item or Path(item).resolve() != _here]
_next = importlib.machinery.PathFinder.find_spec("sitecustomize", _others)
if _next is not None and _next.loader is not None:
    _next.loader.exec_module(importlib.util.module_from_spec(_next))
