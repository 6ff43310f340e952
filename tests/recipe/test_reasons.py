"""Why a value is refused stands in both languages: our own reasons, and those of the library that reads values."""

# pyright: standard

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core._pydantic_core import list_all_errors

from tekio.artifacts.model import parse
from tekio.artifacts.results import Results
from tekio.cli import main
from tekio.errors import RecipeError, TekioError
from tekio.evaluate.tasks.schema import TaskSpec
from tekio.evaluate.tasks.suites import SuiteFile
from tekio.instruct.expand.templates import TemplateFile
from tekio.recipe import Recipe, load_recipe
from tekio.recipe.reasons import reason_of

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
    "base: 5",
    "base: {}",
    "corpus: {sources: []}",
    "corpus: {sources: [{name: null, path: a}]}",
    "corpus: {sources: [{name: x, path: a, epochs: many}]}",
    "tune: {lora: {rank: 0}}",
    "tune: {lora: {targets: 5}}",
    "study: {strategies: [x]}",
    "study: {strategies: x}",
    "exam: {seen: -1}",
    "pretrain: {anneal: {}}",
    "variants: {a: 5}",
    "variants: 5",
    "seed: 99999999999999999999999999999999",
    "corpus: [",
    'report: {title: "a}',
    "report: {title: a: b}",
    "\treport: {}",
    "report: *x",
    "report: {title: @x}",
    "report:\n  title: x\n   ran_by: y",
    "report: {title: x\nseed: 1",
    "seed: 1\n- 2",
    "report: {}\n---\nseed: 2",
    'report: {title: "\\q"}',
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


# What each kind of node in a schema of pydantic's may complain of (pydantic's documentation, "Validation Errors").
COMPLAINTS = {
    "any": set[str](),
    "bool": {"bool_parsing", "bool_type"},
    "default": set[str](),
    "definition-ref": {"recursion_loop"},
    "definitions": set[str](),
    "dict": {"dict_type"},
    "float": {"float_type", "float_parsing", "finite_number"},
    "function-after": set[str](),
    "function-before": set[str](),
    "function-plain": set[str](),
    "int": {"int_type", "int_parsing", "int_from_float", "int_parsing_size", "finite_number"},
    "list": {"list_type"},
    "literal": {"literal_error"},
    "model": {"model_type"},
    "model-field": set[str](),
    "model-fields": {"missing", "extra_forbidden", "invalid_key", "dict_type"},
    "nullable": set[str](),
    "str": {"string_type", "string_unicode"},
    "tuple": {"tuple_type", "missing", "too_long"},
    "union": set[str](),
}
BOUNDS = {
    "ge": "greater_than_equal",
    "gt": "greater_than",
    "le": "less_than_equal",
    "lt": "less_than",
    "multiple_of": "multiple_of",
    "pattern": "string_pattern_mismatch",
}
OF_NO_NODE = {"with-info", "no-info", "computed-field"}


def nodes(schema: object) -> Iterator[dict[str, Any]]:
    """Every node of a core schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str) and schema["type"] not in OF_NO_NODE:
            yield schema
        for name, part in schema.items():
            if name not in ("metadata", "serialization", "expected", "default"):
                yield from nodes(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from nodes(part)


def complaints(model: type[BaseModel]) -> set[str]:
    """Every type of error that the values of `model` can raise, our own reasons aside."""
    found: set[str] = set()
    for node in nodes(model.__pydantic_core_schema__):
        found |= COMPLAINTS[node["type"]]
        found |= {error for bound, error in BOUNDS.items() if bound in node}
        for bound, error in (("min_length", "short"), ("max_length", "long")):
            if bound in node:
                found.add(f"string_too_{error}" if node["type"] == "str" else f"too_{error}")
    return found


@pytest.mark.parametrize("model", [Recipe, TaskSpec, SuiteFile, TemplateFile, Results])
def test_every_error_that_a_file_of_ours_can_raise_is_said_in_japanese(model: type[BaseModel]):
    known = {item["type"]: item for item in list_all_errors()}
    raised = complaints(model)
    assert {"missing", "string_type"} <= raised <= set(known)
    for kind in raised:
        context = known[kind].get("example_context") or {}
        detail: Any = {
            "type": kind,
            "msg": known[kind]["example_message_python"],
            "ctx": context,
            "loc": (),
            "input": 0,
        }
        reason = reason_of(detail)
        assert JAPANESE.search(reason.ja), kind
        assert not re.search(r"Input|\{", reason.ja), kind
        assert all(str(value).replace(".0", "") in reason.ja for value in context.values() if kind in BOUNDS.values())


def test_what_is_not_known_is_said_in_japanese_around_the_english():
    detail: Any = {"type": "value_error", "msg": "Value error, no moon", "ctx": {"error": ValueError()}, "loc": ()}
    assert reason_of(detail).ja == "この値は使えません（no moon）"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_value_of_several_types_is_complained_of_once_where_it_stands(language, tmp_path: Path):
    (tmp_path / "recipe.yaml").write_text("name: a\ntune: {lora: {targets: 5}}\n", encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        load_recipe(tmp_path / "recipe.yaml")
    said = caught.value.explain(language)
    assert said.count("`tune.lora.targets`") == said.count("tune.lora.targets") == 1
    assert "all-linear" in said
    assert "literal[" not in said
    assert ("list" if language == "en" else "リスト") in said


def test_a_missing_key_and_null_are_named_as_written(tmp_path: Path):
    for written, named in (("path: a", "`corpus.sources.0.name`"), ("path: a, name: null", "(null)")):
        (tmp_path / "recipe.yaml").write_text(f"name: a\ncorpus: {{sources: [{{{written}}}]}}\n", encoding="utf-8")
        with pytest.raises(RecipeError) as caught:
            load_recipe(tmp_path / "recipe.yaml")
        assert named in caught.value.explain("ja")


def test_options_and_finished_files_say_it_in_japanese(tmp_path: Path, capsys):
    with pytest.raises(TekioError) as caught:
        parse(Results, {"format": "x"})
    assert "このキーが必要です" in caught.value.explain("ja")
    (tmp_path / "p.jsonl").write_text('{"prompt": "a"}\n', encoding="utf-8")
    (tmp_path / "m").mkdir()
    words = ["compare", str(tmp_path / "m"), "--prompts", str(tmp_path / "p.jsonl"), "--out", str(tmp_path / "o")]
    assert main(["--lang", "ja", *words, "--top-p", "0"]) == 2
    said = capsys.readouterr().err
    assert "場所: --top-p" in said
    assert "原因: 0 より大きい値を指定してください" in said
