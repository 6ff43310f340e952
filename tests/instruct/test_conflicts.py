"""One question, two answers: a conflict only where one publisher says both about one thing; the newer stays, the older is named."""

from dataclasses import dataclass, field

import pytest

from tekio.engine import LocalEngine
from tekio.instruct import build_instructions
from tekio.recipe.instruct import HarvestConfig, InstructConfig
from tekio.recipe.paths import RecipePath
from tekio.store import read_jsonl

OLD, NEW = "2019年4月1日更新", "2024年4月1日更新"


def page(answer: str, *, title="よくあるご質問", head="", section="", foot="", day=""):
    return (
        f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{section and f'<h2>{section}</h2>'}"
        f"<dl><dt>相談料はかかりますか？</dt><dd>{answer}</dd><dt>予約は必要ですか？</dt><dd>{title}{section}{foot}の窓口では、前日までに予約してください。</dd></dl>"
        f"<p>{day}</p><footer>{foot}</footer></body></html>"
    )


@dataclass
class Case:
    """files: path -> page. kept: answers that stay. flagged: how many of them carry the flag."""

    files: dict[str, str]
    kept: set[str]
    flagged: int = 0
    replaced: int = 0
    sources: list[str] = field(default_factory=lambda: ["."])


FREE, PAID = "無料で受け付けています。", "三千円を申し受けます。"
CASES = {
    "two organisations that name themselves in the head": Case(
        {
            "a.html": page(FREE, head='<meta property="og:site_name" content="架空第一銀行">', day=NEW),
            "b.html": page(PAID, head='<meta property="og:site_name" content="架空第二銀行">', day=OLD),
        },
        {FREE, PAID},
    ),
    "two organisations that name themselves in the last line": Case(
        {
            "a.html": page(FREE, foot="Copyright © 2024 架空第一小学校 All Rights Reserved.", day=NEW),
            "b.html": page(PAID, foot="(C) 2019 架空第二小学校", day=OLD),
        },
        {FREE, PAID},
    ),
    "two titles": Case(
        {"a.html": page(FREE, title="個人のお客さま", day=NEW), "b.html": page(PAID, title="法人のお客さま", day=OLD)},
        {FREE, PAID},
    ),
    "two sections": Case(
        {"a.html": page(FREE, section="平日の相談", day=NEW), "b.html": page(PAID, section="休日の相談", day=OLD)},
        {FREE, PAID},
    ),
    "two sources": Case(
        {"one/a.html": page(FREE, day=NEW), "two/b.html": page(PAID, day=OLD)}, {FREE, PAID}, sources=["one", "two"]
    ),
    "two folders that nothing joins: nobody can tell, so both stay with a flag": Case(
        {"minami/faq.html": page(FREE, day=NEW), "kita/faq.html": page(PAID, day=OLD)}, {FREE, PAID}, flagged=2
    ),
    "two folders of one site: the newer stays": Case(
        {
            "2024/faq.html": page(FREE, foot="© 2024 架空信用金庫", day=NEW),
            "2019/faq.html": page(PAID, foot="© 2019 架空信用金庫", day=OLD),
        },
        {FREE},
        replaced=1,
    ),
    "two versions in one folder: the newer stays": Case(
        {"faq.html": page(FREE, day=NEW), "faq_old.html": page(PAID, day=OLD)}, {FREE}, replaced=1
    ),
    "two pages without a date": Case({"a.html": page(FREE), "b.html": page(PAID)}, {FREE, PAID}, flagged=2),
}


@pytest.mark.parametrize("name", CASES)
def test_answers_conflict_within_one_scope_only(name, tmp_path):
    case = CASES[name]
    for path, text in case.files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    config = InstructConfig(
        harvest=[
            HarvestConfig(
                name=f"s{number}", path=RecipePath.of(tmp_path / folder), license="CC-BY-4.0", min_confidence=0.0
            )
            for number, folder in enumerate(case.sources)
        ],
        validation_share=0.0,
    )
    build_instructions(config, tmp_path / "out", seed=1, engine=LocalEngine(1))
    asked, refused = (
        [row for row in read_jsonl(tmp_path / "out" / name) if "相談料" in row["messages"][0]["content"]]
        for name in ("train.jsonl", "rejected.jsonl")
    )
    assert {row["messages"][-1]["content"] for row in asked} == case.kept
    assert sum("conflicting_answers" in row["meta"]["extra"].get("flags", []) for row in asked) == case.flagged
    assert len(refused) == case.replaced
    for row in refused:
        assert row["rejected_by"] == "conflicting_answers"
        # Both are shown: the older names the newer, and the newer the older.
        assert row["measured"] == {"with": [asked[0]["id"]]}
        assert asked[0]["meta"]["extra"]["replaces"] == [row["id"]]
