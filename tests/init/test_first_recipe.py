"""`tekio init`: every file of a folder stands in the recipe or is named as left out; the recipe is one that `doctor` passes."""

# pyright: standard

import json
from email.message import EmailMessage
from pathlib import Path

import pytest
import yaml

from tekio.cli import main
from tekio.init import first_recipe, look_at
from tekio.recipe import load_recipe

SENTENCES = "当行は、変動金利型の住宅ローンについて、基準金利を年二回見直す。見直し後の金利は翌月から適用する。\n"
FAQ = "<html><title>よくあるご質問</title><body><h1>よくあるご質問</h1>{}</body></html>"
PAIR = "<h3>{}の手数料はいくらですか。</h3><p>{}の手数料は一件につき{}円です。窓口でのお取り扱いも同じ金額です。</p>"
NAMES = ("振込", "両替", "残高証明書", "再発行", "口座振替", "取立")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of one file of many kinds."""
    import docx
    import openpyxl
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfgen.canvas import Canvas

    folder = tmp_path / "data"
    for name in ("rules", "mail", "faq", "news", "general"):
        (folder / name).mkdir(parents=True)
    document = docx.Document()
    for _ in range(12):
        document.add_paragraph(SENTENCES.strip())
    document.save(str(folder / "rules/loan rules.docx"))
    registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    page = Canvas(str(folder / "rules/notice.pdf"))
    page.setFont("HeiseiMin-W3", 11)
    for line in range(15):
        page.drawString(60, 760 - 20 * line, SENTENCES.strip()[:45])
    page.save()
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "金利の改定", "a@example.co.jp", "b@example.co.jp"
    mail.set_content(SENTENCES * 4)
    (folder / "mail/notice.eml").write_bytes(bytes(mail))
    pairs = "".join(PAIR.format(name, name, 110 * at) for at, name in enumerate(NAMES, 1))
    (folder / "faq/fees.html").write_text(FAQ.format(pairs), encoding="utf-8")
    sheet = openpyxl.Workbook()
    for row in (
        ("質問", "回答"),
        *((f"{name}に必要な書類は何ですか。", f"{name}には本人確認書類が要ります。") for name in NAMES),
    ):
        sheet.worksheets[0].append(row)
    sheet.save(folder / "faq/papers.xlsx")
    items = openpyxl.Workbook()
    items.worksheets[0].append(("question", "ア", "イ", "ウ", "答"))
    items.worksheets[0].append(("正しいものを選べ。", "一", "二", "三", "ア"))
    items.save(folder / "exam.xlsx")
    _lines(
        folder / "news/2026.jsonl",
        [{"id": i, "headline": f"金利{i}", "body": SENTENCES * 3, "date": "2026-01-05"} for i in range(9)],
    )
    _lines(folder / "news/numbers.jsonl", [{"id": i, "value": i / 7} for i in range(9)])
    (folder / "general/essay.txt").write_text(
        "山道を登りながら、こう考えた。空は高く、風は冷たかった。\n" * 40, encoding="utf-8"
    )
    _lines(
        folder / "own.jsonl",
        [{"instruction": f"用語{i}を説明してください。", "output": f"用語{i}は契約の種類です。"} for i in range(9)],
    )
    (folder / "rates").mkdir()
    (folder / "rates/2026.csv").write_text("期間,普通,定期\n1年,0.02,0.3\n3年,0.02,0.4\n", encoding="cp932")
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 900)
    (folder / "empty.txt").touch()
    return folder


def _lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def test_each_kind_goes_its_way(data: Path):
    found, left = look_at(data)
    ways = {(item.kind, item.path) for item in found}
    assert ways == {
        ("documents", "rules/**/*"),
        ("documents", "mail/**/*.eml"),
        ("documents", "rates/**/*.csv"),
        ("documents", "general/**/*.txt"),
        ("pages", "faq/**/*.html"),
        ("pages", "faq/**/*.xlsx"),
        ("rows", "news/2026.jsonl"),
        ("records", "*.jsonl"),
    }
    assert {item.path for item in left} == {"exam.xlsx", "news/numbers.jsonl", "old.doc", "empty.txt"}
    news = next(item for item in found if item.kind == "rows")
    assert news.columns == {"text": "body", "title": "headline", "published": "date"}
    assert {item.license for item in found} == {"internal"}
    assert [item.path for item in found if item.domain == "general"] == ["general/**/*.txt"]


def test_tables_with_titles_are_what_they_are_without(tmp_path: Path):
    (tmp_path / "balances.csv").write_bytes(
        '残高一覧\n（単位：千円）\n店舗,前月,当月\n本店,"1,200",900\n駅前,300,400\n'.encode("cp932")
    )
    calls = (
        "受付,問い合わせ,対応\n"
        + "4月1日,住宅ローンの繰上返済の手数料を知りたいとのこと。,インターネットでは無料であるとご説明した。\n" * 3
    )
    (tmp_path / "calls.csv").write_text("問い合わせ一覧\n" + calls, "utf-8")
    found, left = look_at(tmp_path)
    assert not left
    assert [(item.kind, item.columns) for item in found] == [("documents", {}), ("rows", {"text": "問い合わせ+対応"})]


def test_no_file_is_lost(data: Path):
    found, left = look_at(data)
    named = {file for item in found for file in data.glob(item.path)}
    named |= {data / item.path for item in left}
    assert named == {file for file in data.rglob("*") if file.is_file()}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_doctor_passes_what_init_wrote(data: Path, language: str, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("torch")
    path = data.parent / "recipe.yaml"
    assert main(["--lang", language, "init", str(path), "--scratch"]) == 0
    assert main(["--lang", language, "doctor", str(path)]) == 0, capsys.readouterr().out
    comments = "".join(line.partition("#")[2] for line in path.read_text(encoding="utf-8").splitlines())
    assert ("文書" in comments) == (language == "ja")
    recipe = load_recipe(path)
    assert recipe.report.language == language
    assert recipe.base is not None
    assert recipe.base.scratch is not None


def test_only_the_base_is_left_to_edit(data: Path):
    pytest.importorskip("torch")
    from model.tiny import save_tiny

    path = data.parent / "recipe.yaml"
    assert main(["init", str(path)]) == 0
    assert main(["doctor", str(path)]) == 1
    save_tiny(data.parent / "own-base")
    written = path.read_text(encoding="utf-8")
    assert "model: models/base\n" in written
    (data.parent / "fits.yaml").unlink(missing_ok=True)
    assert main(["init", str(data.parent / "fits.yaml"), "--base", str(data.parent / "own-base")]) == 0
    assert main(["doctor", str(data.parent / "fits.yaml")]) == 0


def test_nothing_is_overwritten(data: Path):
    path = data.parent / "recipe.yaml"
    path.write_text("mine\n", encoding="utf-8")
    assert main(["init", str(path)]) == 1
    assert path.read_text(encoding="utf-8") == "mine\n"


def test_without_data_it_is_an_example(tmp_path: Path):
    assert main(["init", str(tmp_path / "recipe.yaml")]) == 0
    assert load_recipe(tmp_path / "recipe.yaml").corpus is not None


def test_data_may_lie_elsewhere(data: Path, tmp_path: Path):
    (tmp_path / "work").mkdir()
    path = tmp_path / "work/recipe.yaml"
    assert main(["init", str(path), "--data", str(data)]) == 0
    recipe = load_recipe(path)
    assert recipe.corpus is not None
    assert all(source.path.files() for source in recipe.corpus.sources)


@pytest.mark.parametrize("name", ["a: b.txt", "#1.txt", "a'b.txt", "[2024].txt", "資料 1.txt", "- x.txt", "a*b.txt"])
def test_any_name_is_written_so_that_yaml_reads_it(name: str, tmp_path: Path):
    (tmp_path / "data" / name.removesuffix(".txt")).mkdir(parents=True)
    (tmp_path / "data" / name.removesuffix(".txt") / name).write_text(SENTENCES * 9, encoding="utf-8")
    found, left = look_at(tmp_path / "data")
    (tmp_path / "r.yaml").write_text(first_recipe("x", "data", found, left, "ja"), encoding="utf-8")
    recipe = load_recipe(tmp_path / "r.yaml")
    assert recipe.corpus is not None
    assert [file.name for source in recipe.corpus.sources for file in source.path.files()] == [name]


def test_names_that_a_recipe_cannot_write_are_left_out(tmp_path: Path):
    for name in ("${HOME}.txt", "a\nb.txt", "c\u202ed.txt"):
        (tmp_path / name).write_text(SENTENCES, encoding="utf-8")
    found, left = look_at(tmp_path)
    assert found == []
    assert len(left) == 3
    assert yaml.safe_load(first_recipe("x", "data", found, left, "en"))["name"] == "x"


@pytest.mark.parametrize("some", [1, 3])
def test_a_few_asking_pages_among_many_are_named(some: int, tmp_path: Path):
    for at in range(4):
        pairs = "".join(PAIR.format(name, name, at) for name in NAMES) if at < some else f"<p>{SENTENCES * 9}</p>"
        (tmp_path / f"{at}.html").write_text(FAQ.format(pairs), encoding="utf-8")
    found, _ = look_at(tmp_path)
    assert [item.path for item in found if item.kind == "documents"] == ["*.html"]
    assert sorted(item.path for item in found if item.kind == "pages") == [f"{at}.html" for at in range(some)]
