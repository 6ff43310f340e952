"""Doctor says what loading would refuse."""

# pyright: standard

from pathlib import Path

import pytest

from model.hostile import TENSORS, with_tensors
from model.tiny import save_tiny
from tekio.doctor import examine
from tekio.errors import say
from tekio.recipe import load_recipe


@pytest.mark.parametrize("kind", ["missing", "nan", "misshapen", None])
def test_doctor_names_the_tensor(tmp_path: Path, kind: str | None):
    base = save_tiny(tmp_path / "sound")
    folder = with_tensors(base, tmp_path / "bad", TENSORS[kind][0]) if kind else base
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(f"name: t\nbase: {{model: {folder}}}\n")
    found = {say(item.subject, "en"): item for item in examine(load_recipe(recipe), tmp_path / "run")}
    assert found["base.model"].level == ("failure" if kind else "ok")
    for language in ("en", "ja"):
        assert "layers" in say(found["base.model"].text, language) or not kind
