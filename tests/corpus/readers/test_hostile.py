"""Files that attack their reader: each ends as a named refusal, in bounded time and memory, and nothing is written.

Stated limits: 60 CPU seconds and 1.5 GB for the whole collection in one process (the PDF worker has its own: 300 s and
3 GB).
"""

import bz2
import gzip
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard

from tekio.corpus import build_corpus
from tekio.documents import read_documents
from tekio.engine import LocalEngine
from tekio.recipe.corpus import CorpusConfig

MEGABYTE = 1 << 20
MEMORY_LIMIT = 1500 * MEGABYTE
TIME_LIMIT = 60

DOCTYPE_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "あああああああああ">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><x>&j;</x>"
)
XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def zip_bomb() -> bytes:
    return zipped({f"{number}.txt": b"\0" * (40 * MEGABYTE) for number in range(2)})


def lying_zip() -> bytes:
    """A member whose headers say 10 bytes and whose data are 20 MB."""
    raw = bytearray(zipped({"a.txt": b"x" * (20 * MEGABYTE)}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.index(mark) + place
        raw[at : at + 4] = struct.pack("<I", 10)
    return bytes(raw)


def traversal_zip() -> bytes:
    names = ["../../evil.txt", "/etc/evil.txt", "C:\\evil.txt", "a/../../evil.txt", "good.txt"]
    return zipped({name: "良い文書です。".encode() for name in names})


def symlink_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def encrypted_zip() -> bytes:
    raw = bytearray(zipped({"secret.txt": b"hidden"}, zipfile.ZIP_STORED))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + place] |= 1
    return bytes(raw)


def looping_pdf(kind: str) -> bytes:
    """A PDF whose page tree, or whose form, contains itself."""
    kids = "2 0 R" if kind == "tree" else "3 0 R"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
        "<</Length 4>>stream\n/F Do\nendstream",
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>/Length 10>>stream\n/F Do /F Do\nendstream",
    ]
    out, offsets = b"%PDF-1.7\n", list[int]()
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj{body}endobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(out)
    size = len(objects) + 1
    return (
        out
        + f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()
    )


def crowded_zip() -> bytes:
    """A ZIP whose end record (ZIP64) speaks of five million members."""
    whole = zipped({"a.txt": b"x"})
    directory = whole.rindex(b"PK\x05\x06")
    start = whole.index(b"PK\x01\x02")
    members = 5_000_000
    record = struct.pack(
        "<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, members, members, directory - start, start
    ) + struct.pack("<4sIQI", b"PK\x06\x07", 0, directory, 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, directory - start, start, 0)
    return whole[:directory] + record + end


def filing_zip(instance: str) -> bytes:
    return zipped({"XBRL/PublicDoc/a.xbrl": instance.encode()})


HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "bomb.zip": (zip_bomb, {"archive_bomb"}),
    "lying.zip": (lying_zip, {"broken_archive", "archive_bomb"}),
    "nested.zip": (lambda: zipped({"inner.zip": zipped({"a.txt": b"x"})}), {"nested_archive"}),
    "traversal.zip": (traversal_zip, {"path_traversal"}),
    "symlink.zip": (symlink_zip, {"not_a_file"}),
    "encrypted.zip": (encrypted_zip, {"encrypted"}),
    "many.zip": (crowded_zip, {"too_many_members"}),
    "cut.zip": (lambda: zipped({"a.txt": os.urandom(9000)})[:5000], {"broken_archive"}),
    "not.zip": (lambda: b"PK\x03\x04" + os.urandom(2000), {"broken_archive"}),
    "bomb.txt.gz": (lambda: gzip.compress(b"\0" * (120 * MEGABYTE)), {"archive_bomb", "too_large"}),
    "bomb.jsonl.bz2": (lambda: bz2.compress(b" " * (100 * MEGABYTE)), {"archive_bomb"}),
    "bomb.jsonl.zst": (lambda: zstandard.compress(b"a" * (200 * MEGABYTE)), {"archive_bomb", "line_too_long"}),
    "window.txt.zst": (lambda: b"\x28\xb5\x2f\xfd\x00\xf8" + b"\0" * 60, {"broken_archive"}),
    "cut.txt.gz": (lambda: gzip.compress(os.urandom(9000))[:4000], {"broken_archive"}),
    "line.jsonl": (lambda: b'{"text": "' + b"a" * (100 * MEGABYTE) + b'"}\n', {"line_too_long"}),
    "line.txt": (lambda: b"a" * (100 * MEGABYTE - 10), {"too_large", "line_too_long"}),
    "deep.jsonl": (lambda: b'{"text": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}", {"bad_json"}),
    "element.json": (lambda: b'[{"text": "' + b"a" * (100 * MEGABYTE) + b'"}]', {"line_too_long"}),
    "deep.json": (lambda: b"[" * 2_000_000 + b"]" * 2_000_000, {"bad_json"}),
    "endless.json": (lambda: b'[{"text": "' + b"\\" * (20 * MEGABYTE), {"bad_json", "line_too_long"}),
    "key.json": (lambda: b'{\n"' + b"k" * (20 * MEGABYTE) + b'": 1}', {"bad_json", "line_too_long"}),
    "headings.html": (
        lambda: b"<a href=x></a>" + b"<div class=header><table><tr><td><p>" * 490 + b"<h2>h</h2>" * 200_000,
        {"too_deep", "no_text", "too_costly"},
    ),
    "deep.html": (lambda: b"<div>" * 1_000_000, {"too_deep"}),
    "wide.html": (lambda: b"<b>" * 10 + b"<i></i>" * 2_100_000, {"too_many_elements", "too_deep"}),
    "deep.xbrl": (lambda: b"<x>" * 500_000 + b"</x>" * 500_000, {"bad_xml", "not_xbrl", "no_xbrl"}),
    "xxe.zip": (lambda: filing_zip(XXE), {"doctype"}),
    "laughs.zip": (lambda: filing_zip(DOCTYPE_LAUGHS), {"doctype"}),
    "laughs.xbrl": (lambda: DOCTYPE_LAUGHS.encode("utf-16"), {"doctype", "no_xbrl"}),
    "broken.txt": (lambda: "途中で切れた文".encode()[:-1], {"broken_encoding"}),
    "mixed.txt": (
        lambda: "これは".encode("cp932") + "日本語".encode() + b"\xff\xfe\x80",
        {"broken_encoding", "ambiguous_encoding"},
    ),
    "binary.txt": (lambda: b"\x7fELF" + bytes(range(256)) * 40, {"binary"}),
    "empty.txt": (lambda: b"", {"empty"}),
    "quote.csv": (lambda: b'text\n"' + b"a" * (8 * MEGABYTE), {"bad_csv", "line_too_long"}),
    "bad.parquet": (lambda: b"PAR1" + os.urandom(500) + b"\xff\xff\xff\x7fPAR1", {"bad_parquet"}),
    "tree.pdf": (
        lambda: looping_pdf("tree"),
        {"bad_pdf", "no_text", "empty_page", "too_slow", "parser_crashed", "one_extractor_failed"},
    ),
    "form.pdf": (
        lambda: looping_pdf("form"),
        {"bad_pdf", "empty_page", "too_slow", "parser_crashed", "one_extractor_failed"},
    ),
    "garbage.pdf": (lambda: b"%PDF-1.7\n" + os.urandom(5000), {"bad_pdf"}),
}


SCRIPT = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing may be written, by anything
from corpus.readers.corpus_reading import read
from pathlib import Path
documents, rejected = read(Path(sys.argv[1]), options={"max_seconds": 15})
lines = Path("/proc/self/status").read_text().splitlines()  # ru_maxrss begins with the peak of the starting process
peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
found = [[row.uri, row.reason] for row in rejected]
seconds = sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps([[document.uri for document in documents], found, peak, seconds]))
"""


@dataclass
class Outcome:
    """What reading the whole collection in a process of its own gave."""

    documents: list[str]
    rejected: dict[str, set[str]]
    peak: int
    seconds: float
    untouched: bool


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection: every hostile file and a good one."""
    made = tmp_path_factory.mktemp("hostile")
    for name, (make, _) in HOSTILE.items():
        (made / name).write_bytes(make())
    (made / "良い.txt").write_text("これは良い文書です。最後まで読まれます。", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def outcome(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    working = tmp_path_factory.mktemp("working")
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    tests = Path(__file__).parents[2]
    path = os.pathsep.join(map(str, (tests.parent / "src", tests)))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)],
        env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=working,
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    documents, rows, peak, seconds = json.loads(done.stdout)
    rejected: dict[str, set[str]] = {}
    for uri, reason in rows:
        rejected.setdefault(uri.split("#")[0].split("!/")[0], set()).add(reason)
    after = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    return Outcome(documents, rejected, peak, seconds, before == after and not list(working.iterdir()))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_named(outcome: Outcome, name: str):
    assert outcome.rejected[name] & HOSTILE[name][1], outcome.rejected[name]


def test_nothing_but_the_good_is_read(outcome: Outcome):
    assert outcome.documents == ["traversal.zip!/good.txt", "良い.txt"]
    assert set(outcome.rejected) == set(HOSTILE)


def test_the_limits_on_time_and_memory_hold_and_nothing_is_written(outcome: Outcome):
    assert outcome.peak < MEMORY_LIMIT, outcome.peak // MEGABYTE
    assert outcome.seconds < TIME_LIMIT, outcome.seconds
    assert outcome.untouched


@pytest.mark.slow
def test_a_corpus_build_over_them_ends_with_each_in_rejected(folder: Path, tmp_path: Path):
    """The small files of the collection (the large ones are read above) through the whole stage."""
    data = tmp_path / "data"
    data.mkdir()
    for path in folder.iterdir():
        if path.stat().st_size < MEGABYTE and path.suffix != ".pdf":
            (data / path.name).write_bytes(path.read_bytes())
    plain = {"name": "outside", "path": "data", "license": "CC0-1.0"}
    config = CorpusConfig.model_validate(
        {"sources": [plain], "filters": {"preset": "none"}}, context={"base": tmp_path}
    )
    out = tmp_path / "run" / "corpus"
    build_corpus(config, out, seed=1, engine=LocalEngine(1))
    funnel = json.loads((out / "funnel.json").read_text(encoding="utf-8"))["totals"]
    rejected = list(read_documents(out / "rejected"))
    named = {str(row["uri"]).split("#")[0].split("!/")[0] for row in rejected}
    assert named >= {path.name for path in data.iterdir()} - {"良い.txt"}
    assert funnel["rows_in"] == funnel["rows_train"] + funnel["rows_held_out"] + sum(funnel["rejected"].values())
    assert funnel["rows_train"] + funnel["rows_held_out"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "run"]
