"""Compiled functions work where nothing can be kept."""

import os
import subprocess
import sys


def test_a_full_disk_does_not_fail_the_first_call(tmp_path):
    script = """
import resource
import numpy as np
from tekio.text.kernels.codepoints import code_points
from tekio.text.kernels.normalize_batch import normalize_texts
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # as on a full disk
points, flags = normalize_texts(code_points(["ＡＢＣ１２３", "株価"]))
print("".join(map(chr, points.codes[: points.offsets[1]])))
"""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
    assert done.stdout.strip() == "ABC123"
