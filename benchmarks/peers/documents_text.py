"""Text of files by other tools, for `documents_vs_peers.py`: runs with the Python that has them.

    python benchmarks/peers/documents_text.py TOOL < files.json > out.json

In: a list of paths. Out: `version`, `texts` (null where the tool refuses), `cpu` (seconds a file, start-up apart), `start`.
"""

# pyright: basic

import email
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path


def page_in(path: Path) -> str:
    """The HTML of a page or of a saved page."""
    if path.suffix != ".mhtml":
        return path.read_text(encoding="utf-8")
    for part in email.message_from_bytes(path.read_bytes()).walk():
        if part.get_content_type() == "text/html":
            return part.get_payload(decode=True).decode("utf-8")
    raise ValueError("no page")


def markitdown():
    import io

    from markitdown import MarkItDown, StreamInfo

    tool = MarkItDown(enable_plugins=False)

    def convert(path: Path) -> str:
        if path.suffix == ".mhtml":
            info = StreamInfo(extension=".html", charset="utf-8")
            return tool.convert_stream(io.BytesIO(page_in(path).encode()), stream_info=info).markdown
        return tool.convert_local(str(path)).markdown

    return f"markitdown {version('markitdown')}", convert


def docling():
    from docling.document_converter import DocumentConverter

    tool = DocumentConverter()
    return f"docling {version('docling-slim')}", lambda path: tool.convert(path).document.export_to_markdown()


def trafilatura():
    import trafilatura as tool

    def convert(path: Path) -> str:
        return tool.extract(page_in(path), include_tables=True, favor_recall=True, output_format="markdown") or ""

    return f"trafilatura {version('trafilatura')} (favor_recall)", convert


def resiliparse():
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    return f"resiliparse {version('resiliparse')}", lambda path: extract_plain_text(HTMLTree.parse(page_in(path)), main_content=True)  # fmt: skip


def mailparser():
    import mailparser as tool

    def convert(path: Path) -> str:
        message = tool.parse_from_file(str(path))
        return "\n".join(message.text_plain or message.text_html)

    return f"mail-parser {version('mail-parser')}", convert


def striprtf():
    from striprtf.striprtf import rtf_to_text

    return f"striprtf {version('striprtf')}", lambda path: rtf_to_text(path.read_bytes().decode("latin-1"), encoding="cp932")  # fmt: skip


def pdfplumber():
    import pdfplumber as tool

    def convert(path: Path) -> str:
        parts = []
        with tool.open(path) as file:
            for page in file.pages:
                parts.append(page.extract_text())
                for table in page.extract_tables():
                    parts += [
                        "",
                        *("| " + " | ".join((cell or "").replace("\n", "") for cell in row) + " |" for row in table),
                        "",
                    ]
        return "\n".join(parts)

    return f"pdfplumber {version('pdfplumber')}", convert


def program(command: list[str], told: list[str], name: str):
    """(version, conversion) of a program that is started for each file; PATH in the command is the file."""
    first = subprocess.run(told, capture_output=True, text=True, check=False)
    number = re.search(r"\d[\d.]+", first.stdout + first.stderr)

    def convert(path: Path) -> str:
        done = subprocess.run(
            [str(path) if part == "PATH" else part for part in command], capture_output=True, check=True, timeout=300
        )
        return done.stdout.decode("utf-8", "replace")

    return f"{name} {number[0] if number else ''}".strip(), convert


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


PROGRAMS = {
    "pandoc": (["pandoc", "--quiet", "-t", "gfm", "--wrap=none", "PATH"], ["pandoc", "--version"], ["pandoc", "-f", "markdown", "-t", "gfm", "/dev/null"]),
    "pdftotext": (["pdftotext", "PATH", "-"], ["pdftotext", "-v"], ["pdftotext", "-v"]),
    "pdftotext -layout": (["pdftotext", "-layout", "PATH", "-"], ["pdftotext", "-v"], ["pdftotext", "-v"]),
}  # fmt: skip
TOOLS = {one.__name__: one for one in (markitdown, docling, trafilatura, resiliparse, mailparser, striprtf, pdfplumber)}


def libreoffice(paths: list[Path]) -> dict:
    """Text (or comma-separated values of every sheet) by one start of LibreOffice; its start is that of one file alone."""
    sheets = paths[0].suffix == ".xlsx"
    kind = (
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
        if sheets
        else "txt:Text (encoded):UTF8"
    )
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            f"{folder}/out",
        ]
        used = []
        for chosen in (paths[:1], paths[:1], paths):  # the first start makes the profile
            before = children()
            subprocess.run([*command, *map(str, chosen)], check=True, capture_output=True, timeout=600)
            used.append(children() - before)
        texts = []
        for path in paths:
            made = sorted(Path(folder, "out").glob(f"{path.stem}-*.csv" if sheets else f"{path.stem}.txt"))
            texts.append("\n".join(one.read_text(encoding="utf-8-sig") for one in made) or None)
        each = (used[2] - used[1]) / max(len(paths) - 1, 1)
        told = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout.split()[:2]
        return {"version": " ".join(told), "texts": texts, "cpu": [each] * len(paths), "start": used[1] - each}


def main() -> None:
    name, paths = sys.argv[1], [Path(path) for path in json.load(sys.stdin)]
    if name == "libreoffice":
        json.dump(libreoffice(paths), sys.stdout)
        return
    start = 0.0
    if name in PROGRAMS:
        command, told, nothing = PROGRAMS[name]
        title, convert = program(command, told, name)
        before = children()
        for _ in range(20):
            subprocess.run(nothing, capture_output=True, check=False)
        start = (children() - before) / 20
    else:
        title, convert = TOOLS[name]()
    texts, used, error = [], [], ""
    for number, path in enumerate([paths[0], *paths]):  # the first twice: what is loaded on first use is not counted
        before = time.process_time() + children()
        try:
            text = convert(path)
        except Exception as problem:
            text, error = None, f"{type(problem).__name__}: {problem}"[:200]
        if number:
            texts.append(text)
            used.append(max(time.process_time() + children() - before - start, 0.0))
    json.dump({"version": title, "texts": texts, "cpu": used, "start": start, "error": error}, sys.stdout)


if __name__ == "__main__":
    main()
