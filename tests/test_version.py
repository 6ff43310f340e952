"""The version stands in five places, and all say the same."""

import re
from pathlib import Path

import yaml

from tekio import __version__

ROOT = Path(__file__).resolve().parents[1]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_citation_has_it():
    cited = yaml.safe_load(text("CITATION.cff"))
    assert cited["version"] == __version__
    assert f"## {__version__} ({cited['date-released'].isoformat()})" in text("CHANGELOG.md").splitlines()


def test_the_changelog_begins_with_it():
    titles = re.findall(r"^## (.+)$", text("CHANGELOG.md"), flags=re.MULTILINE)
    assert titles[0] == "Unreleased"
    assert titles[1].split(" ")[0] == __version__


def test_the_release_notes_are_of_it_and_no_draft():
    notes = text(f"docs/release-{__version__}.md")
    assert notes.splitlines()[0] == f"# Release notes {__version__}"
    assert not re.search("draft|草案", notes)
    named = {
        found
        for name in ("mkdocs.yml", "docs/index.md", "docs/index.ja.md")
        for found in re.findall(r"release-(\d[\d.]*)\.md", text(name))
    }
    assert named == {__version__}


def test_the_package_takes_it_from_the_code():
    assert re.search(r'^dynamic = \[.*"version".*\]$', text("pyproject.toml"), flags=re.MULTILINE)
    assert "tekio._version" in text("pyproject.toml") or "src/tekio/_version.py" in text("pyproject.toml")
