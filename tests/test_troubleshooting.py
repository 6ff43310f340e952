"""Help by message: every message that ends a command has a cause and a cure in both languages, and the pages are up to date."""

import re
from pathlib import Path

import pytest

from tekio.cli import main
from tekio.recipe import Recipe
from tekio.troubleshooting.messages import messages, unread
from tekio.troubleshooting.page import GROUPS, PAGES, missing, page, rooms_of_messages, surplus, table
from test_messages import keys

DOCS = Path(__file__).parents[1] / "docs"
AGAIN = "run: python -m tekio.troubleshooting docs"
PASSED_ON = {
    "cli/bundle.py: Text(*error.words)",
    "cli/__init__.py: _SYSTEM[errno.ELOOP]",
    "cli/__init__.py: what",
    "doctor/findings.py: Text(en, ja)",
    "doctor/findings.py: first.text",
    "doctor/machine.py: subject",
    "doctor/training.py: f'{stage}.attention'",
    "doctor/training.py: stage",
    "evaluate/scoring/local.py: error.what",
    "model/vllm_engine.py: problem",
    "recipe/read.py: first.what",
    "recipe/read.py: what",
}
"""Errors that pass on the words of another, or of a table, and so cannot be read from the call."""


def test_every_message_has_a_cause_and_a_cure():
    assert missing() == [], "add them to src/tekio/troubleshooting/causes.yaml"


def test_the_table_speaks_of_messages_that_exist():
    assert surplus() == []


def test_the_table_is_written_in_both_languages():
    japanese = re.compile(r"[ぁ-んァ-ン一-龥]")
    texts = [text for entry in table().values() for text in entry.values()]
    assert [text.en for text in texts if japanese.search(text.en) or not text.en.endswith((".", ")", "…`"))] == []
    assert [text.ja for text in texts if not japanese.search(text.ja) or not text.ja.endswith(("。", "）"))] == []


def test_no_message_is_overlooked():
    assert set(unread()) == PASSED_ON
    assert len(messages()) > 300


def test_every_room_has_its_place_on_the_page():
    assert rooms_of_messages() <= {room for _, rooms in GROUPS for room in rooms}


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_up_to_date(name):
    assert (DOCS / name).read_text(encoding="utf-8") == page(PAGES[name]), AGAIN


def test_the_table_names_keys_that_exist():
    known = set(keys(Recipe))
    sections = "|".join(sorted({key.split(".")[0] for key in known}))
    named = re.compile(rf"`((?:{sections})\.[a-z_.]+)(?:[:`])")
    said = " ".join(f"{text.en} {text.ja}" for entry in table().values() for text in entry.values())
    files = r"\.(?:jsonl?|yaml)$"
    assert [key for key in named.findall(said) if key not in known and not re.search(files, key)] == []


def test_a_message_of_the_command_line_is_found_on_the_page(tmp_path, capsys):
    """What a user sees is what the page is searched for."""
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        "name: x\ncorpus:\n  sources: [{name: a, path: missing.txt, license: internal}]\n", encoding="utf-8"
    )
    assert main(["--lang", "en", "run", str(recipe), "--only", "tune"]) == 2
    shown = re.search(r"Error: (.*)", capsys.readouterr().err)
    assert shown
    words = re.sub(r"`[^`]*`", "", shown[1]).split()
    titles = [re.sub(r"`[^`]*`", "", line).split() for line in page("en").splitlines() if line.startswith("### ")]
    assert words in [title[1:] for title in titles]
