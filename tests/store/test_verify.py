"""What is wrong with a folder is said in both languages."""

import re
from pathlib import Path

from tekio.store import problem_words, verify_folder


def test_problems_are_told_in_japanese(tmp_path: Path):
    (problem,) = verify_folder(tmp_path)
    assert problem_words(problem).en == problem
    assert problem_words(problem).ja == f"{tmp_path}: manifest がありません"
    packed = problem_words("when packed: corpus/a.parquet: changed")
    assert packed.ja == "作成時点: corpus/a.parquet: 変わっています"


def test_every_problem_that_is_written_has_words():
    root = Path(__file__).parents[2] / "src" / "tekio"
    written = [
        line
        for file in (root / "store/verify.py", root / "report/evidence.py")
        for line in re.findall(
            r'(?:wrong(?:\.append\(| \+?= \[)|return \[)f"\{[^"]*?\}: ([a-z][^"{]*)"', file.read_text(encoding="utf-8")
        )
    ]
    assert len(written) >= 10
    for problem in written:
        assert re.search("[ぁ-ん]", problem_words(f"x: {problem}").ja), problem
