"""Two filings' facts agree with Arelle's reading (where Arelle can be run)."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from realdata import need_real_data


@pytest.mark.real
@pytest.mark.heavy
def test_facts_agree_with_arelle():
    python = os.environ.get("TEKIO_ARELLE_PYTHON") or (sys.executable if importlib.util.find_spec("arelle") else None)
    if python is None:
        pytest.skip("Arelle is not here (set TEKIO_ARELLE_PYTHON to the Python of an environment with arelle-release)")
    root = Path(__file__).parents[3]
    filings = [need_real_data("edinet-samples", name) for name in ("S002XXXX.zip", "S005XXXX.zip")]
    done = subprocess.run(
        [sys.executable, str(root / "benchmarks" / "edinet_vs_arelle.py"), "--arelle", python, *map(str, filings)],
        env=os.environ | {"PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "Tekio 1959  Arelle 1959  differ 0" in done.stdout
