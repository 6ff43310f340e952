"""Texts that differ in figures only are kept unless the recipe says otherwise."""

import json

import pytest

from tekio.corpus import build_corpus
from tekio.engine import LocalEngine
from tekio.recipe.corpus import CorpusConfig, DuplicateConfig, SourceConfig
from tekio.recipe.paths import RecipePath
from tekio.text.kernels.shingles import figure_set

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


def test_figures_are_compared_whatever_their_width():
    assert figure_set("年０．２０％、1,234円").tolist() == figure_set("1,234円、年0.20％").tolist()
    assert figure_set("数字なし").tolist() == []
