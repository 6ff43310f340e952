"""What was probably meant stands with what is refused: full-width signs, a missing space, per cent, another encoding."""

from pathlib import Path

import pytest

from tekio.errors import RecipeError
from tekio.recipe import load_recipe

RECIPE = (
    "name: try\nseed: 17\ncorpus:\n  sources: [{name: a, path: a.txt, license: internal}]\n  held_out: {share: 0.1}\n"
)


def refused(tmp_path: Path, raw: bytes) -> tuple[str, str]:
    path = tmp_path / "recipe.yaml"
    path.write_bytes(raw)
    with pytest.raises(RecipeError) as error:
        load_recipe(path)
    return error.value.explain("en"), error.value.explain("ja")


@pytest.mark.parametrize(
    ("right", "wrong", "english", "japanese"),
    [
        ("seed: 17", "seed：17", "Line 2 has the full-width sign `：`", "2 行目に全角の「：」"),
        ("seed: 17", "seed:　17", "Line 2 has a full-width space", "2 行目に全角の空白"),
        ("  held_out: ", "　held_out: ", "Line 5 has a full-width space", "5 行目に全角の空白"),
        ("seed: 17", "seed:17", "a space is missing", "2 行目の「:」の後に空白"),
        ("seed: 17", "seed: １７", "Write `17`", "半角で `17`"),
        ("seed: 17", "seed: '1,700'", "Write `1700`", "`1700` と書いて"),
        ("share: 0.1", "share: 10%", "written as `0.1`", "`0.1` のように"),
        ("share: 0.1", "share: １０％", "written as `0.1`", "`0.1` のように"),
        ("share: 0.1}", "share: 0.1}\n  filters: {words: a.txt}", "written as `[a.txt]`", "`[a.txt]` と書きます"),
        (
            "share: 0.1}",
            'share: 0.1}\n  filters: {words: "w/*.txt"}',
            'written as `["w/*.txt"]`',
            '`["w/*.txt"]` と書きます',
        ),
        ("seed: 17", "ｓｅｅｄ: 17", "Did you mean `seed`?", "`seed` ではありませんか"),
    ],
)
def test_a_full_width_or_missing_sign_is_named(tmp_path: Path, right: str, wrong: str, english: str, japanese: str):
    assert right in RECIPE
    en, ja = refused(tmp_path, RECIPE.replace(right, wrong).encode())
    assert english in en
    assert japanese in ja


@pytest.mark.parametrize(
    ("text", "english", "japanese"),
    [
        ("name: x\n\tseed: 1\n", "Line 2 is indented with a tab", "2 行目の字下げにタブ"),
        ("name: 'x\nseed: 1\n", "The quote that opens on line 1 is not closed", "1 行目で開いた引用符"),
        ("name: x\ncorpus: {sources: [\nseed: 1\n", "opens on line 2 with a bracket", "2 行目で開いた括弧"),
        ("name: x: y\n", "a value that holds a colon", "コロンと空白を含む値は引用符"),
        ("name: x\n seed: 1\n", "indentation of this line and the one above", "この行と一つ上の行の字下げ"),
        ("name: @x\n", "Put the value in quotes", "値を引用符で囲んで"),
        ("name: x\ncorpus: {path: *.txt}\n", "begins with `*` or `&` in quotes", "`*` や `&` は YAML の記号"),
        ("name: *x\n", "begins with `*` or `&` in quotes", "`*` や `&` は YAML の記号"),
        ("name: \x08x\n", "Take the control character out", "制御文字を取り除いて"),
        (
            "name: x\na:\n  - b\n c: 1\n",
            "most often the indentation, a missing quote or a tab",
            "多くは字下げの不揃い、引用符の閉じ忘れ、タブ",
        ),
        (
            "name: 'it's'\n",
            "most often the indentation, a missing quote or a tab",
            "多くは字下げの不揃い、引用符の閉じ忘れ、タブ",
        ),
    ],
)
def test_whatever_yaml_refuses_has_a_cure(tmp_path: Path, text: str, english: str, japanese: str):
    en, ja = refused(tmp_path, text.encode())
    assert "This is not valid YAML." in en
    assert english in en.partition("next: ")[2]
    assert japanese in ja.partition("対処: ")[2]


def test_what_else_is_wrong_stands_behind_a_next_step(tmp_path: Path):
    en, ja = refused(tmp_path, RECIPE.replace("seed: 17", "seed: -1\nsead: 2").encode())
    assert "next: Also" not in en
    assert "対処: ほかに" not in ja
    assert "\nAlso: " in en
    assert "\nほかに: " in ja


def test_a_full_width_sign_within_a_text_is_not_blamed(tmp_path: Path):
    en, _ = refused(tmp_path, (RECIPE + "report:\n  title: 評価：“一” ＃1\n\tpurpose: x\n").encode())
    assert "full-width" not in en


@pytest.mark.parametrize(("encoding", "shown"), [("cp932", "Shift_JIS"), ("euc_jp", "EUC-JP"), ("utf-16", "UTF-16")])
def test_the_encoding_of_a_recipe_that_is_not_utf_8_is_guessed(tmp_path: Path, encoding: str, shown: str):
    en, ja = refused(tmp_path, ("# 金融の文書を学習する\n" + RECIPE).encode(encoding))
    assert shown in en
    assert "Save it as UTF-8." in en
    assert "UTF-8 で保存し直してください" in ja
