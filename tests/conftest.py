"""Settings for all tests: the code under test is this checkout's, also in processes that tests start."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tekio import engine
from tekio.offline import open_network
from tekio.recipe.paths import RecipePath
from tekio.text.personal_data import pseudonyms

if not os.environ.get("CI"):  # there hypothesis chooses settings of its own, which have no deadline either
    settings.register_profile("tekio", deadline=None)
    settings.load_profile("tekio")

SOURCE = Path(__file__).resolve().parent.parent / "src"
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH")]))
os.environ["TOKENIZERS_PARALLELISM"] = "false"


@pytest.fixture(autouse=True, scope="session")
def _key_of_pseudonyms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Configurations made in Python have no recipe beside which a key could lie: theirs is made aside, not in the checkout."""
    place = tmp_path_factory.mktemp("key") / pseudonyms.DEFAULT_KEY_FILE
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pseudonyms, "PYTHON_KEY_FILE", RecipePath(pseudonyms.DEFAULT_KEY_FILE, place))
        yield


@pytest.fixture(autouse=True, scope="session")
def _one_worker_a_build() -> Iterator[None]:
    """A stage made within a test starts no processes of its own unless the recipe asks for them: they cost more than the few documents do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "available_cpus", lambda: 1)
        yield


def pytest_runtest_teardown() -> None:
    """A command run inside the test process closes the network for good; tests after it may need their local servers."""
    open_network()
