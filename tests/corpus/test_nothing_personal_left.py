"""After a build that masks or gives pseudonyms no personal value stands anywhere in the run folder, in no form of storage."""

# pyright: standard

import json
import sqlite3
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from tekio.cli import main

VALUES = {
    "phone": "03-5812-7364",
    "email": "hanako.shirakawa@example.co.jp",
    "card": "4539 5787 6362 1486",
    "account": "普通預金 口座番号 7364518",
    "mobile": "090-7412-8853",
}
FRAGMENTS = ["5812-7364", "58127364", "shirakawa", "57876362", "5787 6362", "7364518", "7412-8853", "74128853"]
BODY = "当社の売上高は前期比で増加し、営業利益は過去最高となりました。設備投資は計画どおり進み、来期も増収を見込んでいます。"


def write_sources(folder: Path) -> None:
    folder.mkdir()
    rows = [
        {
            "text": f"{BODY}お問い合わせは{value}まで。第{number}報。{BODY}",
            "title": f"連絡先 {value}",
            "uri": f"https://example.jp/{number}?mail={value}",
            "note": {"who": value, "more": [value, {"again": value}]},
        }
        for number, value in enumerate(VALUES.values())
    ]
    rows.append({"text": f"短い。{VALUES['phone']}", "title": VALUES["email"], "uri": "u", "note": VALUES["card"]})
    rows.append({"text": "", "title": f"空 {VALUES['mobile']}", "uri": VALUES["email"], "note": {}})
    (folder / "rows.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    page = f"<html><head><title>{VALUES['email']}</title></head><body><p>{BODY}</p><p>電話 {VALUES['phone']}</p></body></html>"
    (folder / "page.html").write_text(page, encoding="utf-8")
    (folder / "broken.jsonl").write_text(f'{{"text": "{VALUES["phone"]}\n', encoding="utf-8")


def everything(folder: Path) -> dict[str, str]:
    """The content of every file below a folder, decoded from each form of storage, and the names of the files."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        found[f"name of {path.name}"] = path.name
        if not path.is_file():
            continue
        raw = path.read_bytes()
        texts = [raw.decode("utf-8", "replace"), raw.decode("utf-16-le", "replace"), raw.decode("utf-32-le", "replace")]
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            texts += [json.dumps(table.to_pylist(), ensure_ascii=False, default=str), str(table.schema)]
        elif path.suffix == ".arrow":
            with pa.memory_map(str(path)) as source:
                texts.append(
                    json.dumps(pa.ipc.open_file(source).read_all().to_pylist(), ensure_ascii=False, default=str)
                )
        elif raw[:4] == b"\x28\xb5\x2f\xfd":
            texts.append(zstandard.ZstdDecompressor().stream_reader(raw).read().decode("utf-8", "replace"))
        elif raw[:2] == b"\x1f\x8b":
            texts.append(zlib.decompress(raw, 47).decode("utf-8", "replace"))
        elif raw[:15] == b"SQLite format 3":
            with sqlite3.connect(path) as store:
                texts.append("\n".join(store.iterdump()))
        found[str(path.relative_to(folder))] = "\n".join(texts)
    return found


@pytest.mark.parametrize("mode", ["mask", "drop"])
def test_no_value_is_left_in_any_file(mode: str, tmp_path: Path):
    write_sources(tmp_path / "in")
    recipe = f"""
name: private
engine: {{workers: 1}}
corpus:
  sources:
    - {{name: rows, path: in/*.jsonl, license: internal}}
    - {{name: pages, path: in/*.html, license: internal}}
  personal_data: {{mode: {mode}}}
  keep_units: true
  max_rejected_files: 1
"""
    (tmp_path / "recipe.yaml").write_text(recipe, encoding="utf-8")
    assert main(["run", str(tmp_path / "recipe.yaml"), "--only", "corpus"]) in (0, 3)
    out = next(path for path in tmp_path.rglob("corpus") if path.is_dir() and "in" not in path.parts[-2:-1])
    files = everything(out.parent)
    assert any("parquet" in name for name in files)
    assert any(BODY in text for text in files.values())  # the decoding reaches the text
    left = {name: value for name, text in files.items() for value in [*VALUES.values(), *FRAGMENTS] if value in text}
    assert left == {}
