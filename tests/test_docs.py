"""Generated pages agree with the code; relative links lead somewhere."""

import re
import shlex
from pathlib import Path

import pytest

from cli.every_verb import verbs
from tekio.cli import build_parser, general_options_first
from tekio.recipe.reference import reference

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_recipe_page_is_up_to_date():
    shown = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    assert shown == reference(), "run: python -m tekio.recipe.reference > docs/recipe.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    missing = [t for t in targets if not t.startswith(("http", "mailto:")) and not (page.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_hold_no_machine_paths(page):
    assert not re.search(r"/(work|root|home)/\w", page.read_text(encoding="utf-8"))


def typed_commands(text: str) -> list[str]:
    """The `tekio` commands of code blocks as typed: without prompt, comment, what is piped and what may be left out."""
    blocks = re.findall(r"^```(?:bash|sh|console|shell)?\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"(?:^    .*\n)+", text, flags=re.MULTILINE)
    lines = [line for block in blocks for line in re.sub(r"\s*\\\n\s*", " ", block).splitlines()]
    found = [re.match(r"^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\S*/)?(tekio .*)$", line) for line in lines]
    typed = [re.split(r"\s+(?:#|\||>|&&|<)\s|\s{2,}", match[1] + "  ")[0] for match in found if match]
    return [re.sub(r"\s*\[[^\]]*\]", "", line) for line in typed]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_shown_is_one(page: Path):
    wrong: list[str] = []
    for command in typed_commands(page.read_text(encoding="utf-8")):
        try:
            build_parser("en").parse_args(general_options_first(shlex.split(command)[1:]))
        except (SystemExit, ValueError) as ended:
            if getattr(ended, "code", 1):
                wrong.append(command)
    assert wrong == []


NOW = [page for page in PAGES if page.name != "CHANGELOG.md"]
"""Pages that speak of today; the changelog names what was."""


@pytest.mark.parametrize("page", NOW, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_verb_and_option_named_in_a_sentence_exists(page: Path):
    known = dict(verbs(build_parser("en")))
    wrong: list[str] = []
    for words in re.findall(r"`tekio ([a-z][^`\n]*)`", page.read_text(encoding="utf-8")):
        parts = words.split()
        verb = " ".join(parts[:2]) if " ".join(parts[:2]) in known else parts[0]
        options = {option for action in getattr(known.get(verb), "_actions", []) for option in action.option_strings}
        named = {part.strip("[],").partition("=")[0] for part in parts if part.strip("[").startswith("--")}
        group = any(name.startswith(f"{verb} ") for name in known)  # `tekio corpus`: several verbs
        if not (verb in known or group) or not (group or named <= options | GENERAL):
            wrong.append(words)
    assert wrong == []


GENERAL = {"--lang", "--debug", "--log-json", "--version"}
