"""The how-to pages: their recipes are valid, both languages show the same blocks, and the commands work in order."""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from tekio.recipe import load_recipe

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "how-to"
ENGLISH = sorted(page for page in FOLDER.glob("*.md") if not page.name.endswith(".ja.md") and page.stem != "index")
BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<why>[^\n]+) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL
)
RULES = """貯金取扱規程

（目的）
第一条　この規程は、当組合における貯金の取扱いについて必要な事項を定めることを目的とする。

（定義）
第二条　この規程において「貯金者」とは、当組合に対し貯金に係る債権を有する者をいう。

（届出）
第三条　担当者は、貯金者の氏名又は住所に変更があったときは、七日以内に本店に届け出なければならない。

（報告）
第四条　支店長は、毎事業年度の終了後三月以内に、貯金の数及び金額を理事会に報告しなければならない。
"""
SOURCE = str(Path(__file__).resolve().parents[1] / "src")


@dataclass(frozen=True)
class Block:
    kind: str
    text: str
    not_run: str | None

    @property
    def file(self) -> tuple[str, bool] | None:
        """The file a block is to be saved as, and whether it goes to the end of one that is there."""
        named = re.match(r"# (?:\((append to) )?([\w.-]+\.yaml)\)?\n", self.text)
        return (named[2], bool(named[1])) if named else None


def blocks(page: Path) -> list[Block]:
    return [Block(m["kind"], m["text"], m["why"]) for m in BLOCK.finditer(page.read_text(encoding="utf-8"))]


def in_japanese(page: Path) -> Path:
    return page.with_name(f"{page.stem}.ja.md")


def test_both_indexes_name_every_page():
    for index, suffix in (("index.md", ".md"), ("index.ja.md", ".ja.md")):
        named = re.findall(r"^- \[.+\]\((.+)\)$", (FOLDER / index).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert sorted(named) == sorted(f"{page.stem}{suffix}" for page in ENGLISH)


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.stem)
def test_both_languages_show_the_same_blocks(page: Path):
    assert blocks(page) == blocks(in_japanese(page))
    assert [b for b in blocks(page) if b.kind == "sh"]


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.stem)
def test_recipes_are_valid(page: Path, tmp_path: Path):
    for block in blocks(page):
        if block.file and not block.file[1] and "kind: choice" not in block.text:
            recipe = tmp_path / block.file[0]
            recipe.write_text(block.text, encoding="utf-8")
            assert load_recipe(recipe).name == recipe.stem


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's project with a finished run, a base model, and small files of the kinds that the pages speak of."""
    folder = tmp_path_factory.mktemp("how-to") / "project"
    call(["demo", "--out", str(folder)], folder.parent)
    run = folder / "runs" / "first"
    run.parent.mkdir()
    (folder / "run").rename(run)
    shutil.copytree(run / "base" / "model", folder / "models" / "base")
    for kind, pattern in (("reports", "finance/articles/*.html"), ("faq", "faq/*.html")):
        (folder / "data" / kind).mkdir(parents=True)
        for file in (folder / "collection").glob(pattern):
            shutil.copy(file, folder / "data" / kind)
    (folder / "data" / "general").mkdir()
    (folder / "data" / "general" / "essay.txt").write_text(
        "川のほとりを歩いた。水は澄んでいて、底の石がよく見えた。\n\n橋を渡ると、古い町並みが続いていた。\n" * 3,
        encoding="utf-8",
    )
    (folder / "data" / "rules").mkdir()
    for number, kind in enumerate(("貯金", "貸付", "為替", "共済", "購買", "販売")):
        (folder / "data" / "rules" / f"{number}.txt").write_text(RULES.replace("貯金", kind), encoding="utf-8")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["質問", "回答"])
    for subject in ("口座の開設", "住所の変更", "カードの再発行", "残高の照会", "振込の取消"):
        sheet.append(
            [f"{subject}はどこでできますか。", f"{subject}は、窓口のほか、アプリからもお申し込みいただけます。"]
        )
    book.save(folder / "data" / "faq.xlsx")
    return folder


def call(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tekio", "--lang", "en", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "PYTHONPATH": SOURCE, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    return done


@pytest.mark.heavy
@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.stem)
def test_the_commands_of_a_page_work(page: Path, project: Path):
    """Every command of every block that is not marked, from a folder like that of the page's reader: what another page appends is not there."""
    as_it_was: dict[Path, str] = {}
    if page.stem == "scanned-pdf":
        from text.pdf.test_ocr import ocr, scanned

        if ocr.tesseract_problem():
            pytest.skip("Tesseract is not installed")
        (project / "data" / "scans").mkdir()
        scanned(project / "data" / "scans")
    try:
        _work_through(page, project, as_it_was)
    finally:
        for file, text in as_it_was.items():
            file.write_text(text, encoding="utf-8")


def _work_through(page: Path, project: Path, as_it_was: dict[Path, str]) -> None:
    """as_it_was: takes up the files that the page appends to, as they were."""
    for block in blocks(page):
        if block.file:
            name, append = block.file
            before = (project / name).read_text(encoding="utf-8") if append else ""
            if append:
                as_it_was.setdefault(project / name, before)
            (project / name).write_text(before + "\n" + block.text, encoding="utf-8")
        if block.kind == "json":
            (project / "quiz.jsonl").write_text(block.text, encoding="utf-8")
        if block.kind == "sh" and block.not_run is None:
            for line in block.text.splitlines():
                words = shlex.split(line, comments=True)
                assert words[0] == "tekio", line
                call(words[1:], project)
