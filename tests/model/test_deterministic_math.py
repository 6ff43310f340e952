"""The settings for repeatable sums are made before torch is imported, and leave the user's own alone."""

import os
import subprocess
import sys

CODE = (
    "import tekio.model.load, os, sys; print('torch' in sys.modules, os.environ['MKL_CBWR'], os.environ['MKL_DYNAMIC'])"
)


def printed(**settings: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MKL_")} | settings
    return subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment
    ).stdout


def test_the_settings_come_before_torch():
    assert printed() == "False AUTO,STRICT FALSE\n"


def test_a_setting_of_the_user_stays():
    assert printed(MKL_CBWR="COMPATIBLE") == "False COMPATIBLE FALSE\n"
