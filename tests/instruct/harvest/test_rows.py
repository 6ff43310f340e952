"""Pairs as rows of the stage: repaired where recognition wrote formulas, rejected where a line cannot be read."""

from pathlib import Path

from tekio.instruct.harvest.rows import harvest_file
from tekio.recipe.instruct import HarvestConfig
from tekio.recipe.paths import RecipePath

PAGE = r"""# 保存の要件

問1　国税関係書類 $\mathcal{O}$ 保存は、電子でもよいですか。

【回答】

 $\textcircled{1}$ 紙と $\textcircled{2}$ 電磁的記録 $\mathcal{O}$ どちらでも保存することができます。

問2　一般書類とは何ですか。

【回答】

重要書類以外 $\mathcal{O}$ 書類を $\vee\tilde{\supset}$ 。

問3　いつまでに入力しますか。

【回答】

おおむね7営業日以内に入力します。
"""


def test_what_recognition_wrote_is_repaired_or_rejected(tmp_path: Path):
    path = tmp_path / "q.md"
    path.write_text(PAGE, encoding="utf-8")
    rows, page = harvest_file(path, "q.md", HarvestConfig(name="nta", path=RecipePath.of(path)))
    assert page.pairs == len(rows) == 3
    assert [row.rejected_by for row in rows] == [None, "ocr_debris", None]
    assert rows[0].record.instruction == "国税関係書類の保存は、電子でもよいですか。"
    assert rows[0].record.output == "①紙と②電磁的記録のどちらでも保存することができます。"
    assert rows[0].record.meta.extra["repaired"] == "ocr_debris"
    assert "repaired" not in rows[2].record.meta.extra
