"""Why a value is refused stands in both languages: our own reasons, and those of the library that reads values."""

# pyright: standard

import re
from pathlib import Path

import pytest

from tekio.errors import RecipeError
from tekio.recipe import load_recipe

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
WRONG = [
    "seed: many",
    "seed: 1.5",
    "seed: true",
    "seed: .inf",
    "access: everybody",
    "corpus: [1]",
    "corpus: {sources: none}",
    "corpus: {sources: [{name: ../x, path: a}]}",
    "corpus: {sources: [{name: x, path: '${TEKIO_NOT_SET_ANYWHERE}'}]}",
    "corpus: {sources: [{name: x, path: 5}]}",
    "corpus: {sources: [{name: x, path: a, epochs: 2, weight: 3}]}",
    "corpus: {personal_data: {salt: abc}}",
    "corpus: {duplicates: {threshold: 2}}",
    "corpus: {duplicates: {threshold: -1}}",
    "evaluate: {confidence: 0.5}",
    "evaluate: {confidence: 1}",
    "evaluate: {batch_tokens: 1}",
    "evaluate: {protocol: other}",
    "evaluate: {thinking: {opening: ''}}",
    "watch: {mlflow_uri: 'http://10.0.0.1'}",
    "watch: {mlflow_uri: nonsense, network: true}",
    "base: {model: a, scratch: {}}",
]


@pytest.mark.parametrize("line", WRONG)
def test_the_reason_is_said_in_japanese_and_in_english(line: str, tmp_path: Path):
    (tmp_path / "recipe.yaml").write_text(f"name: a\n{line}\n", encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        load_recipe(tmp_path / "recipe.yaml")
    [english] = re.findall(r"why: (.+)", caught.value.explain("en"))
    [japanese] = re.findall(r"原因: (.+)", caught.value.explain("ja"))
    assert not JAPANESE.search(english)
    assert JAPANESE.search(japanese), japanese
    assert "{" not in re.sub(r"\$\{.*?\}", "", japanese)
