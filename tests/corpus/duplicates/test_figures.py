"""Texts that differ in figures only are kept unless the recipe says otherwise."""

import json

import pytest

from tekio.corpus import build_corpus
from tekio.engine import LocalEngine
from tekio.recipe.corpus import CorpusConfig, DuplicateConfig, SourceConfig
from tekio.recipe.paths import RecipePath
from tekio.text.kernels.shingles import Figures, figures_of

NOTICE = (
    "ひばり銀行は、{}年{}月1日より、円預金の金利を次のとおり改定いたします。普通預金の金利は年{}％、定期預金の金利は年{}％といたします。"
    "なお、既にお預け入れいただいている定期預金につきましては、満期日まで当初の金利が適用されます。詳しくは窓口までお問い合わせください。"
)


@pytest.mark.parametrize(("figures", "kept"), [("compare", 3), ("ignore", 1)])
def test_notices_of_rates(tmp_path, figures, kept):
    rows = [
        NOTICE.format(2023, 4, "0.02", "0.03"),
        NOTICE.format(2024, 9, "0.10", "0.15"),
        NOTICE.format(2025, 3, "0.20", "0.27"),
    ]
    path = tmp_path / "notices.jsonl"
    path.write_text("\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in rows), encoding="utf-8")
    config = CorpusConfig(
        sources=[SourceConfig(name="notices", path=RecipePath.of(path), license="internal")],
        duplicates=DuplicateConfig.model_validate({"figures": figures, "threshold": 0.6}),
    )
    build_corpus(config, tmp_path / "out", seed=1, engine=LocalEngine(1))
    funnel = json.loads((tmp_path / "out" / "funnel.json").read_text(encoding="utf-8"))
    assert funnel["totals"]["rows_train"] + funnel["totals"]["rows_held_out"] == kept


def test_widths_and_commas_are_no_differences():
    first, second = figures_of("年０．２０％、1,234円、△5"), figures_of("年0.20％、1234円、-5")
    assert first.alike(Figures.unpack(second.pack()), 1.0)
    assert figures_of("数字なし").different.tolist() == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("普通0.1％、定期0.2％", "普通0.2％、定期0.1％"),  # the same figures in other places
        ("増減は△1.5％", "増減は1.5％"),
        ("令和五年四月一日の告示", "令和六年四月一日の告示"),
        ("令和元年度", "令和2年度"),
        ("4月1日（月）の営業", "4月1日（火）の営業"),
    ],
)
def test_where_only_figures_differ_one_is_enough(first, second):
    assert not figures_of(first).alike(figures_of(second), 0.1)


def test_where_words_differ_too_most_figures_must_agree():
    table = "、".join(f"{number}円" for number in range(1, 21))
    page = figures_of(f"閲覧 1234 回。{table}")
    assert page.alike(figures_of(f"閲覧数 5678 回。{table}"), 0.8)
    assert not page.alike(figures_of(f"閲覧数 5678 回。{table.replace('1', '3')}"), 0.8)
