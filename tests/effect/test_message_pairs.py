"""Messages of programs as sentence pairs."""

# pyright: standard

import gettext
import importlib.util
import io
import struct
import zipfile
from pathlib import Path

import pytest

from tekio.recipe import load_recipe

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("message_pairs", ROOT / "benchmarks" / "message_pairs.py")
assert spec is not None
assert spec.loader is not None
message_pairs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(message_pairs)


def compiled(messages: dict[str, str], order: str = "<") -> bytes:
    """A compiled catalog as msgfmt writes it, without a hash table."""
    head, entries = struct.pack(order + "7I", 0x950412DE, 0, len(messages), 28, 28 + 8 * len(messages), 0, 0), b""
    start, texts = 28 + 16 * len(messages), b""
    for side in (list(messages), list(messages.values())):
        for text in side:
            raw = text.encode()
            entries += struct.pack(order + "2I", len(raw), start + len(texts))
            texts += raw + b"\0"
    return head + entries + texts


CATALOG = {
    "": "Content-Type: text/plain; charset=UTF-8\n",
    "Delete the page": "ページを削除",
    "menu\x04Open a file": "ファイルを開く",
    "%d row\0%d rows": "%d 行を選択",
    "First\nSecond": "一行目\n二行目です",
    "JupyterLab": "JupyterLab",
    "Page": "頁",
}


@pytest.mark.parametrize("order", ["<", ">"])
def test_messages_are_those_that_gettext_reads(order: str):
    data = compiled(CATALOG, order)
    known = gettext.GNUTranslations(io.BytesIO(data))
    assert known.gettext("Delete the page") == dict(message_pairs.messages(data))["Delete the page"] == "ページを削除"
    assert known.pgettext("menu", "Open a file") == dict(message_pairs.messages(data))["Open a file"]
    assert dict(message_pairs.messages(data))["%d row"] == "%d 行を選択"


@pytest.mark.parametrize("data", [b"", b"not a catalog, but long enough"])
def test_another_file_is_no_catalog(data: bytes):
    with pytest.raises(ValueError, match="no compiled catalog"):
        list(message_pairs.messages(data))


def test_every_message_is_a_pair_or_is_counted(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("a/locale/ja/LC_MESSAGES/django.mo", compiled(CATALOG))
        wheel.writestr("a/locale/fr/LC_MESSAGES/django.mo", compiled({"Delete the page": "Supprimer la page"}))
        wheel.writestr("a/locale/ja_JP/LC_MESSAGES/b.mo", compiled({"Delete the page": "ページの削除"}))
    found, left = message_pairs.pairs(tmp_path)
    assert found == {"Delete the page": "ページを削除", "Open a file": "ファイルを開く", "%d row": "%d 行を選択"}
    assert left == {"header": 1, "several lines": 1, "not translated": 1, "short": 1, "repeated": 1}


def test_the_recipe_reads_the_pairs():
    recipe = load_recipe(ROOT / "recipes" / "effect" / "translation.yaml")
    assert recipe.instruct is not None
    assert recipe.instruct.translation
    assert recipe.instruct.expand[0].name == "messages"
