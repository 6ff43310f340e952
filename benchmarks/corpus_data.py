"""Make the Japanese JSON Lines that the corpus benchmarks run on, from the real data (not part of the repository).

    python benchmarks/corpus_data.py OUT.jsonl [--megabytes 110]

Works of Aozora Bunko without markup, survey comments, news and company pages, cut into web-sized documents (log-normal
lengths), shuffled with a fixed seed; 2 % exact and 5 % near duplicates are planted, and `OUT.truth.json` says which.
What is missing to the wanted size is filled with documents of the same lengths made of sentences drawn from all works.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent


def real_data() -> Path:
    return Path(os.environ.get("TEKIO_REAL_DATA") or REPOSITORY.parent / "shared" / "data")


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if len(value) > 60 and any("ぁ" <= char <= "ん" for char in value) else []
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    return [text for item in value for text in _strings(item)] if isinstance(value, list) else []


def works(folder: Path) -> list[str]:
    """Texts of the real data, decoded and without markup."""
    from tekio.text.aozora import read_aozora

    texts = [
        read_aozora(path.read_bytes().decode("cp932", "ignore")).text for path in sorted(folder.glob("aozora/**/*.txt"))
    ]
    for name in ("jfinteb", "economy-watchers", "jglue", "pfmt-bench-fin-ja"):
        for path in sorted((folder / name).rglob("*.json*")):
            whole = path.read_text(encoding="utf-8-sig")
            try:
                texts += _strings(json.loads(whole))
            except json.JSONDecodeError:  # JSON Lines, whatever the name says
                for line in whole.split("\n"):
                    texts += _strings(json.loads(line)) if line.strip() else []
    return list(dict.fromkeys(texts))


def cut(texts: list[str], rng: np.random.Generator) -> list[str]:
    """Documents with lengths like those of web pages (log-normal, median about 900 characters), ending at a line."""
    documents: list[str] = []
    for text in texts:
        place = 0
        while place < len(text):
            end = place + int(np.clip(rng.lognormal(6.8, 0.9), 120, 30_000))
            line = text.find("\n", end)
            end = line + 1 if 0 <= line < end + 400 else end
            documents.append(text[place:end].strip())
            place = end
    return [document for document in documents if len(document) >= 60]


def edit(text: str, rng: np.random.Generator, share: float) -> str:
    """`text` with `share` of its characters replaced by others of it."""
    letters = np.array(list(text))
    places = rng.choice(len(letters), max(1, int(len(letters) * share)), replace=False)
    letters[places] = rng.choice(letters, len(places))
    return "".join(letters)


def mixed(documents: list[str], rng: np.random.Generator) -> Iterator[str]:
    """Documents with the lengths of `documents`, made of sentences drawn from all of them."""
    sentences = [part for text in documents for part in re.findall("[^。]+。?", text)]
    while True:
        order = rng.permutation(len(sentences)).tolist()
        for text in documents:
            parts: list[str] = []
            length = 0
            while length < len(text) and order:
                parts.append(sentences[order.pop()])
                length += len(parts[-1])
            if not order:
                break
            yield "".join(parts).strip()


def make(out: Path, megabytes: float, *, seed: int = 20261121) -> dict[str, int]:
    rng = np.random.default_rng(seed)
    documents = cut(works(real_data()), rng)
    if not documents:
        raise SystemExit(f"no texts in {real_data()}: name the folder of the real data in TEKIO_REAL_DATA")
    rng.shuffle(documents)
    wanted = megabytes * 1e6 * 0.93
    rows: list[tuple[str, int | None, str]] = []
    size = 0
    for text in itertools.chain(documents, mixed(documents, rng)):
        rows.append((text, None, "original"))
        size += len(text.encode()) + 40
        if size >= wanted:
            break
    originals = len(rows)
    for kind, share in (("exact", 0.02), ("near", 0.05)):
        for place in rng.choice(originals, int(originals * share), replace=False).tolist():
            text = rows[place][0]
            rows.append((text if kind == "exact" else edit(text, rng, float(rng.uniform(0.005, 0.03))), place, kind))
    order = rng.permutation(len(rows))
    position = {int(row): place for place, row in enumerate(order)}
    out.parent.mkdir(parents=True, exist_ok=True)
    truth: list[dict[str, object]] = []
    with out.open("w", encoding="utf-8") as file:
        for place, row in enumerate(order.tolist()):
            text, original, kind = rows[row]
            file.write(json.dumps({"id": f"d{place}", "text": text}, ensure_ascii=False) + "\n")
            if original is not None:
                truth.append({"row": place, "of": position[original], "kind": kind})
    out.with_suffix(".truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return {"bytes": out.stat().st_size, "documents": len(rows), "planted": len(truth)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--megabytes", type=float, default=110)
    given = parser.parse_args()
    print(make(given.out, given.megabytes))
