"""The pack says which of its files speak to which principle of model risk, as a draft, and names no file that is not there."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from report.report_fixture import RECIPE, config, full_run
from tekio.report import write_report
from tekio.report.evidence import FILES, check_evidence, write_evidence
from tekio.report.model_risk import PAGE, PRINCIPLES, files_of

# 金融庁「モデル・リスク管理に関する原則」（令和 3 年 11 月 12 日）、原則 1～8 の見出し
HEADINGS = [
    "ガバナンス",
    "モデルの特定・インベントリー管理及びリスク格付",
    "モデル開発",
    "モデル承認",
    "継続モニタリング",
    "モデル検証",
    "ベンダー・モデル及び外部リソースの活用",
    "内部監査",
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> zipfile.ZipFile:
    place = tmp_path_factory.mktemp("pack")
    run = full_run(place / "run")
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    assert write_evidence(run, place / "pack.zip", report=run / "report", recipe=RECIPE) == []
    assert check_evidence(place / "pack.zip") == []
    return zipfile.ZipFile(io.BytesIO((place / "pack.zip").read_bytes()))


def sections(archive: zipfile.ZipFile) -> list[str]:
    return re.split(r"^## ", archive.read(PAGE).decode(), flags=re.MULTILINE)[1:]


def test_every_principle_stands_there_in_order(archive):
    assert [principle.name.ja for principle in PRINCIPLES] == HEADINGS
    assert [part.splitlines()[0].partition(" / ")[0] for part in sections(archive)] == [
        f"{number}. {name}" for number, name in enumerate(HEADINGS, start=1)
    ]


def test_every_principle_is_mapped_to_files_of_the_pack(archive):
    names = set(archive.namelist())
    for part in sections(archive):
        named = re.findall(r"^- `(.+)`$", part, flags=re.MULTILINE)
        assert named, part
        assert set(named) <= names


def test_no_pattern_is_of_a_file_that_no_pack_can_have():
    packed = {
        f"{'report' if stage == 'report' else f'stages/{stage}'}/{name}" for stage, own in FILES.items() for name in own
    }
    packed |= {"README.txt", "recipe.json", "chain.jsonl", "verification.json", "sbom.cdx.json", "SHA256SUMS"}
    for principle in PRINCIPLES:
        for pattern in principle.files:
            assert files_of(type(principle)(0, principle.name, (pattern,), principle.own), packed), pattern


def test_it_is_a_draft_and_claims_nothing(archive):
    text = archive.read(PAGE).decode()
    head = text.partition("## ")[0]
    assert "DRAFT for your own lawyers" in head
    assert "草案" in head
    assert "弁護士の確認も受けていません" in head
    assert not re.search(r"適合しています|満たしています|準拠しています|\bcomplies\b|\bcompliant\b", text)
    assert all("貴社で補うもの" in part and "Yours to add" in part for part in sections(archive))


def test_where_nothing_speaks_to_it_the_page_says_so(tmp_path: Path):
    from tekio.report.model_risk import model_risk_page

    assert "該当するファイルがありません" in model_risk_page({"README.txt"})
