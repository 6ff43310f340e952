"""The documentation as a site: every page has its place, every public name its description; heavy: it builds without a network."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from inspect import getdoc, isclass, signature
from pathlib import Path
from typing import Any

import pytest
import yaml

import tekio

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md") if "studies" not in page.parts}


def navigated(entry: Any) -> list[str]:
    """The pages of `nav`, sections opened."""
    if isinstance(entry, str):
        return [entry]
    return [page for part in (entry.values() if isinstance(entry, dict) else entry) for page in navigated(part)]


def test_every_page_has_one_place_in_the_navigation():
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert sorted(navigated(settings["nav"])) == sorted(PAGES)


def test_the_api_pages_list_the_public_interface_and_nothing_else():
    listed = re.findall(
        r"^::: tekio\.(.+)$", "\n".join(p.read_text("utf-8") for p in (DOCS / "api").glob("*.md")), re.M
    )
    own = [name for name in listed if "." not in name]
    assert sorted(own) == sorted(set(tekio.__all__) - {"__version__"})
    assert len(listed) == len(set(listed))


def test_a_public_name_means_the_same_after_its_package_was_imported():
    """A function of the name of a package would be hidden by it."""
    packages = {path.name for path in (ROOT / "src" / "tekio").iterdir() if path.is_dir()}
    assert set(tekio.__all__) & packages == set()


@pytest.mark.parametrize("name", sorted(set(tekio.__all__) - {"__version__"}))
def test_what_is_public_is_described_and_typed(name: str):
    part = getattr(tekio, name)
    assert getdoc(part)
    if not isclass(part):
        wanted = signature(part)
        assert wanted.return_annotation is not wanted.empty
        assert all(each.annotation is not each.empty for each in wanted.parameters.values())


def test_the_index_pages_lead_to_every_page():
    for index, suffix in (("index.md", ".md"), ("index.ja.md", ".ja.md")):
        text = (DOCS / index).read_text(encoding="utf-8")
        named = set(re.findall(r"\]\(([^)#]+)\)", text))
        of_this_language = {
            page for page in PAGES if "/" not in page and page.endswith(".ja.md") == (suffix == ".ja.md")
        }
        assert of_this_language - {"index.md", "index.ja.md"} <= named


@pytest.mark.heavy
def test_the_site_builds_and_loads_nothing_from_elsewhere(tmp_path: Path):
    """`tekio --isolate`'s own namespace stands for the missing network where the system offers one."""
    if find_spec("mkdocs") is None or find_spec("mkdocstrings") is None:
        pytest.skip("pip install '.[docs]'")
    alone = ["unshare", "--user", "--net", "--map-root-user"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], capture_output=True).returncode:
        alone = []
    command = [*alone, sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > len(PAGES)
    loaded = re.compile(r"<(?:script|img|iframe)[^>]+src=\"?https?:|<link[^>]+stylesheet[^>]+https?:")
    assert [page.name for page in pages if loaded.search(page.read_text(encoding="utf-8"))] == []
    shown = (tmp_path / "site" / "api" / "running.html").read_text(encoding="utf-8")
    assert "load_recipe" in shown
    assert "Raises" in shown
