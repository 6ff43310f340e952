"""A finished run with tables to open: the report's run by hand, with documents, records and hostile text in them."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from report.report_fixture import HOSTILE, answers, full_run, write_stage
from tekio.documents import DOCUMENT_SCHEMA, REJECTED_SCHEMA
from tekio.store import canonical_json, write_jsonl
from tekio.text.kernels.measure import COLUMNS

ROWS = 120


def document(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{number:016x}",
        "text": f"第{number}号の通知です。利率は年{number}.5%とします。",
        "source": "circulars" if number % 2 else "reports",
        "domain": "finance",
        "group": f"g{number}",
        "uri": f"folder/{number // 10}.html",
        "title": f"通知 {number}",
        "published": "2024-04-01",
        "as_of": None,
        "license": "PDL-1.0",
        "meta": canonical_json({"section": "総則", "transforms": ["nfkc"]}),
        **more,
    }


def write_documents(folder: Path, rows: list[dict[str, Any]], schema: pa.Schema, *, row_group: int = 16) -> None:
    """Rows in two shards of several row groups."""
    folder.mkdir(parents=True)
    half = len(rows) // 2
    for number, part in enumerate((rows[:half], rows[half:])):
        table = pa.Table.from_pylist(part, schema=schema)
        pq.write_table(table, folder / f"part-{number:05d}.parquet", row_group_size=row_group)


def record(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"r{number:03d}",
        "messages": [
            {"role": "user", "content": f"第{number}号の「利率」は？"},
            {"role": "assistant", "content": HOSTILE if number == 3 else f"年{number}.5%です。"},
        ],
        "meta": {
            "origin": "faq",
            "license": "PDL-1.0",
            "parents": [f"{number:016x}"],
            "extra": {"reading": "dl", "scope": "a\x1fb"},
        },
        **more,
    }


def open_run(folder: Path) -> Path:
    """The run; its pages hold hostile text in a document, a record and an answer."""
    run = full_run(folder, without=("compare",))
    rows: list[Any] = answers()
    rows[0]["answers"]["tuned"]["text"] = HOSTILE
    write_stage(run, "compare", {"answers.jsonl": rows, "summary.json": {}})
    documents = [document(number) for number in range(ROWS)]
    documents[7]["title"] = documents[7]["text"] = HOSTILE
    write_documents(run / "corpus" / "train", documents, DOCUMENT_SCHEMA)
    left_out = [
        document(
            number,
            rejected_by="near_duplicate" if number % 3 else "filter:letters",
            measured='{"similarity": 0.93}',
            duplicate_of=f"{number - 900:016x}",
        )
        for number in range(900, 930)
    ]
    write_documents(run / "corpus" / "rejected", left_out, REJECTED_SCHEMA)
    measures = [
        {"id": f"{number:016x}", "source": "reports", "domain": "finance", "status": status, "rejected_by": None}
        | dict.fromkeys(COLUMNS, number)
        for number, status in enumerate(["train"] * 60 + ["held_out"] * 20 + ["rejected"] * 20)
    ]
    folder = run / "corpus" / "measures"
    folder.mkdir()
    pq.write_table(pa.Table.from_pylist(measures), folder / "part-00000.parquet")
    write_jsonl(run / "instruct" / "train.jsonl", [record(number) for number in range(80)])
    write_jsonl(
        run / "instruct" / "rejected.jsonl",
        [record(number, rejected_by="exact_duplicate", measured={"of": "r001"}) for number in range(80, 85)],
    )
    return run
