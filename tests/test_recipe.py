"""A recipe is read exactly as written, and refused with the place and a suggestion."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tekio.errors import RecipeError, TekioError
from tekio.recipe import RecipePath, load_recipe
from tekio.recipe.read import parse_yaml

BASE = "name: x\nbase: {model: m}\n"


def load(tmp_path: Path, text: str | bytes):
    path = tmp_path / "recipe.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_recipe(path)


def refusal(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(RecipeError) as error:
        load(tmp_path, text)
    assert error.value.exit_code == 2
    return error.value.explain("en").replace(str(tmp_path) + "/", "")


def test_the_learning_rate_of_paper_b_is_a_number(tmp_path):
    recipe = load(tmp_path, BASE + "pretrain:\n  optimizer: {learning_rate: 5e-7}\n")
    assert recipe.pretrain is not None
    assert recipe.pretrain.optimizer.learning_rate == 5e-7


def test_an_unknown_key_is_refused_with_place_line_and_suggestion(tmp_path):
    message = refusal(tmp_path, BASE + "pretrain:\n  optimizer:\n    learnign_rate: 5e-7\n")
    assert "recipe.yaml:5:5\n" in message
    assert "    learnign_rate: 5e-7\n" in message
    assert "Did you mean `learning_rate`?" in message


def test_a_suggestion_is_a_key_as_it_is_written(tmp_path):
    """`import` is a word of Python, so the field behind it has another name."""
    (tmp_path / "r.yaml").write_text("name: r\ninstruct:\n  imports: []\n", encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        load_recipe(tmp_path / "r.yaml")
    assert "Did you mean `import`?" in caught.value.explain("en")


def test_the_caret_stands_under_the_key_also_after_japanese(tmp_path):
    message = refusal(tmp_path, 'name: x\nreport: {title: "日本語", langage: ja}\n')
    line, caret = message.splitlines()[2:4]
    width = sum(2 if ord(char) > 0x2E7F else 1 for char in line.split("langage")[0])
    assert caret == " " * width + "^"


def test_several_complaints_come_at_once(tmp_path):
    message = refusal(tmp_path, "name: x\nsead: 1\nreport: {langage: ja}\n")
    assert "`seed`" in message
    assert "`language`" in message


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("name: x\nseed: 1\nseed: 2\n", "recipe.yaml:3:1", "is a duplicate (first on line 2)"),
        ("name: x\nseed: yes\n", "recipe.yaml:2:7", "`seed` has a value that cannot be used ('yes')"),
        ("name: x\nseed: -1\n", "recipe.yaml:2:7", "greater than or equal to 0"),
        ("seed: 1\n", "recipe.yaml:1:1", "`name` is needed"),
        ("name: x\nbase: {}\n", "recipe.yaml:2:7", "exactly one of `model` and `scratch`"),
        ("name: [x\n", "recipe.yaml:2:1", "not valid YAML"),
        ("name: x\n\tseed: 1\n", "recipe.yaml:2:1", "not valid YAML"),
        ("name: !!python/object/apply:os.system [ls]\n", "recipe.yaml:1:7", "not allowed"),
        ("name: x\n? [a]\n: 1\n", "recipe.yaml:2:3", "plain word"),
        ("- a\n", "recipe.yaml:1:1", "mapping of sections"),
        ("", "recipe.yaml", "empty"),
        (b"name: \xff\xfe\n", "recipe.yaml: byte 6", "not UTF-8"),
        ("name: x\ncorpus: {sources: []}\n", "recipe.yaml:2:19", "at least 1"),
    ],
)
def test_bad_recipes_name_the_place(tmp_path, text, place, words):
    message = refusal(tmp_path, text)
    assert place in message
    assert words in message


def test_an_alias_bomb_is_refused(tmp_path):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    assert "too many values" in refusal(tmp_path, bomb)


def test_deep_nesting_is_refused(tmp_path):
    assert "nested too deeply" in refusal(tmp_path, "a: " + "[" * 200 + "]" * 200)


def test_a_missing_recipe_is_named(tmp_path):
    with pytest.raises(RecipeError, match=r"none\.yaml"):
        load_recipe(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5e-7", 5e-7),
        ("1.5E3", 1500.0),
        (".5", 0.5),
        ("12", 12),
        ("-3", -3),
        ("0123", "0123"),
        ("12:30:45", "12:30:45"),
        ("2026-04-01", "2026-04-01"),
        ("on", "on"),
        ("no", "no"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("'5e-7'", "5e-7"),
        ("1.2.3", "1.2.3"),
        (".inf", float("inf")),
        ("第1四半期", "第1四半期"),
    ],
)
def test_scalars_follow_the_yaml_core_schema(written, value):
    assert parse_yaml(f"key: {written}".encode(), "x")[0] == {"key": value}


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_every_float_python_writes_is_read_back(number):
    assert parse_yaml(f"key: {number!r}".encode(), "x")[0]["key"] == number


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_clearly(raw):
    try:
        value, marks = parse_yaml(raw, "x")
    except RecipeError:  # anything else would be a crash on a user's file
        return
    assert set(marks.keys) >= {(key,) for key in value}


def test_paths_are_relative_to_the_recipe_and_keep_what_was_written(tmp_path, monkeypatch):
    monkeypatch.setenv("TEKIO_TEST_DATA", "there")
    (tmp_path / "there").mkdir()
    for name in ("b.txt", "a.txt"):
        (tmp_path / "there" / name).write_text("x")
    recipe = load(tmp_path, "name: x\ncorpus: {sources: [{name: a, path: '${TEKIO_TEST_DATA}/*.txt'}]}\n")
    assert recipe.corpus is not None
    path = recipe.corpus.sources[0].path
    assert [file.name for file in path.files()] == ["a.txt", "b.txt"]
    assert path.root() == tmp_path / "there"
    assert recipe.plain()["corpus"]["sources"][0]["path"] == "${TEKIO_TEST_DATA}/*.txt"


def test_a_path_may_have_a_default_for_its_variable(tmp_path, monkeypatch):
    monkeypatch.delenv("TEKIO_TEST_DATA", raising=False)
    assert RecipePath.of("${TEKIO_TEST_DATA:-data}/x", tmp_path).path == tmp_path / "data" / "x"
    message = refusal(tmp_path, "name: x\nbase: {model: '${TEKIO_TEST_DATA}/m'}\n")
    assert "TEKIO_TEST_DATA is not set" in message
    with pytest.raises(TekioError, match="No file matches"):
        RecipePath.of("nothing/*.txt", tmp_path).files()
