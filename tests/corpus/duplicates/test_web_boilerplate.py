"""The default for boilerplate: lines that many pages of a web source have go, lines of other sources stay."""

import json

import pytest

from tekio.corpus import build_corpus
from tekio.documents import read_documents
from tekio.engine import LocalEngine
from tekio.recipe.corpus import CorpusConfig

FOOT = "本ページの内容は公開日時点の情報であり、最新の情報とは異なる場合がありますのでご注意ください。"


def page(number: int, foot: str) -> str:
    names = "東西南北上下左右前後山川"
    body = "。".join(f"{names[number % 12]}{name}支店の{names[number // 12]}取引について説明します" for name in names)
    return f"<html><body><main><h1>{number}</h1><p>{body}。</p><p>{foot}</p></main></body></html>"


def build(folder, config):
    plain = {"filters": {"preset": "none"}, "held_out": {"share": 0}, **config}
    out = folder / "run" / "corpus"
    build_corpus(CorpusConfig.model_validate(plain, context={"base": folder}), out, seed=1, engine=LocalEngine(1))
    return [row["text"] for row in read_documents(out / "train")], out


@pytest.mark.parametrize(("lines", "kept"), [("web", 1), (None, 20)])
def test_pages_lose_the_line_they_share(tmp_path, lines, kept):
    (tmp_path / "site").mkdir()
    for number in range(20):
        (tmp_path / "site" / f"{number}.html").write_text(page(number, FOOT), encoding="utf-8")
    source = {"name": "site", "path": "site", "license": "internal"}
    texts, _ = build(tmp_path, {"sources": [source], "duplicates": {"near": False, "lines": lines}})
    assert len(texts) == 20
    assert sum(FOOT in text for text in texts) == kept


def test_other_documents_keep_what_they_share(tmp_path):
    rows = [json.dumps({"text": f"{number}番の文書\n{FOOT}"}, ensure_ascii=False) for number in range(20)]
    (tmp_path / "in.jsonl").write_text("\n".join(rows), encoding="utf-8")
    source = {"name": "rows", "path": "in.jsonl", "license": "internal"}
    texts, out = build(tmp_path, {"sources": [source], "duplicates": {"near": False}})
    assert sum(FOOT in text for text in texts) == 20
    assert not (out / "boilerplate.jsonl").exists()
