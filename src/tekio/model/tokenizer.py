"""Load the tokenizer of a model folder, and make sure that it is the one its files describe.

transformers rebuilds some tokenizers from the class named in `tokenizer_config.json` and takes only parts of
`tokenizer.json`; where the two do not belong together, texts get other ids without a word
(huggingface/transformers#45488, #45920). So what was loaded is compared on probe lines with `tokenizer.json` as
`tokenizers` itself reads it (or, without one, with the SentencePiece model as `sentencepiece` reads it). If they
differ, the file is taken as it is; if that does not help, the tokenizer is refused.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# (transformers, tokenizers and sentencepiece have no complete type information)

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tekio.errors import TekioError, Text
from tekio.store import read_json, read_json_object, write_json

TOKENIZER_JSON = "tokenizer.json"
TOKENIZER_CONFIG = "tokenizer_config.json"
SENTENCEPIECE_FILES = ("tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "spm.model")
OTHER_FILES = ("vocab.json",)
ADDED_WORDS = "added_words.json"
"""What `tekio vocabulary --out` added; goes wherever the tokenizer goes."""

PROBE_LINES = (
    "当社の売上高は前年同期比で12.3%増加し、営業利益は1,234百万円となりました。",
    "日本銀行は、金融政策決定会合において量的緩和の継続を決定した。",
    "預金保険制度とは何ですか。",
    "  先頭に空白のある行",
    "行末に空白のある行  ",
    "全角\u3000空白と半角 空白、タブ\tを含む。",
    "一行目\n二行目\n\n四行目",
    "カタカナ・ひらがな・漢字・ﾊﾝｶｸ・ABCabc・ＡＢＣ",
    "①②③ ㈱ ㍻ ℃ № ㎡ 〒 ※ → ★",
    "「かぎ」『二重』（丸）【墨付き】〈山〉“引用”—ダッシュ～波線…",
    "髙島屋の﨑さんは𠮷野家で鷗外を読んだ。",
    "か\u3099き\u3099く\u3099(結合文字) がぎぐ(合成済み)",
    "ｶﾞｽ・ﾊﾟｿｺﾝ・ﾎﾞｰﾅｽの支給",
    "令和6年4月1日(月) 09:30〜17:00",
    "https://www.example.co.jp/ir/library?id=1&lang=ja",
    "def f(x):\n    return x ** 2  # 二乗",
    "### 指示:\n要約してください。\n\n### 返答:\n",
    "😀👨‍👩‍👧🇯🇵 絵文字",
    "The quick brown fox doesn't jump; it's 3.14 (approx.) .",
    "ばばばばばあああああ。。。。ーーーー",
    "０１２３４５６７８９ 0123456789 △1,000 ▲50.5",
    "",
)
"""Lines in which tokenizers differ: blanks, line ends, widths, compatibility and rare characters, composition, figures."""


@dataclass(frozen=True)
class Difference:
    """Where two tokenizers part. text: the line. wanted, found: what each makes of it, as a person reads it."""

    text: str
    wanted: str
    found: str


def has_tokenizer(path: Path) -> bool:
    """Whether the folder brings a tokenizer of its own."""
    return any((path / name).is_file() for name in (TOKENIZER_JSON, *SENTENCEPIECE_FILES, *OTHER_FILES))


def load_tokenizer(path: Path) -> Any:
    """The fast tokenizer in `path`, with the ids its own files give.

    Raises `TekioError` if there is none, it needs code of its own, or no reading of it agrees with its files.
    """
    if not has_tokenizer(path):
        raise TekioError(
            Text("The folder has no tokenizer.", "トークナイザがありません。"),
            where=path,
            fix=Text("Put tokenizer.json beside the weights.", "tokenizer.json を重みと同じ場所に置いてください。"),
        )
    tokenizer = _through_transformers(path)
    _require_fast(tokenizer, path)
    if (path / TOKENIZER_JSON).is_file():
        return _as_tokenizer_json(tokenizer, path)
    model = next((path / name for name in SENTENCEPIECE_FILES if (path / name).is_file()), None)
    return tokenizer if model is None else _as_sentencepiece(tokenizer, model)


def _through_transformers(path: Path) -> Any:
    from transformers import AutoTokenizer

    spm = not (path / TOKENIZER_JSON).is_file() and any((path / name).is_file() for name in SENTENCEPIECE_FILES)
    if spm and importlib.util.find_spec("sentencepiece") is None:
        raise TekioError(
            Text(
                "The folder has a SentencePiece model only, and `sentencepiece` is not installed.",
                "SentencePiece のモデルしかありませんが、`sentencepiece` が入っていません。",
            ),
            where=path,
            fix="pip install 'tekio[train]'",
        )
    try:
        return AutoTokenizer.from_pretrained(path, local_files_only=True, trust_remote_code=False, use_fast=True)
    except Exception as error:
        raise TekioError(
            Text("The tokenizer cannot be loaded.", "トークナイザを読めません。"),
            where=path,
            why=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
        ) from error


def _require_fast(tokenizer: Any, path: Path) -> None:
    if not tokenizer.is_fast:
        raise TekioError(
            Text("The tokenizer gives no character offsets.", "文字位置を返さないトークナイザです。"),
            where=path,
            fix=Text("Convert it to tokenizer.json.", "tokenizer.json に変換してください。"),
        )


def read_tokenizer_json(path: Path) -> Any:
    """`tokenizer.json` of a folder as `tokenizers` reads it, without padding and truncation. Raises `TekioError`."""
    from tokenizers import Tokenizer

    try:
        core = Tokenizer.from_file(str(path / TOKENIZER_JSON))
    except Exception as error:  # (the library raises plain Exceptions)
        raise TekioError(
            Text("tokenizer.json cannot be read.", "tokenizer.json を読めません。"),
            where=path / TOKENIZER_JSON,
            why=str(error).strip().splitlines()[0],
        ) from error
    core.no_padding()
    core.no_truncation()
    return core


def _as_tokenizer_json(tokenizer: Any, path: Path) -> Any:
    """`tokenizer`, if it does what `tokenizer.json` says; else the file itself behind the same settings."""
    core = read_tokenizer_json(path)
    specials = not _says_about_specials(path)
    if difference(tokenizer, core, specials=specials) is None:
        return tokenizer
    from transformers import PreTrainedTokenizerFast

    try:
        plain: Any = PreTrainedTokenizerFast.from_pretrained(path, local_files_only=True)
    except Exception as error:
        raise TekioError(
            Text("The tokenizer cannot be loaded.", "トークナイザを読めません。"), where=path, why=str(error)
        ) from error
    found = difference(plain, core, specials=specials)
    if found is not None:
        raise TekioError(
            Text(
                "The tokenizer gives other ids than its tokenizer.json.",
                "トークナイザの ID が tokenizer.json と異なります。",
            ),
            where=path,
            why=f"{found.text!r}: {found.found}; tokenizer.json: {found.wanted}",
            fix=Text(
                "tokenizer_config.json and tokenizer.json do not belong together; take both from the model's publisher.",
                "tokenizer_config.json と tokenizer.json が対応していません。配布元のものを揃えてください。",
            ),
        )
    return plain


def _says_about_specials(path: Path) -> bool:
    """Whether the configuration sets BOS or EOS itself; then it, not `tokenizer.json`, decides what is put around a text."""
    file = path / "tokenizer_config.json"
    config: object = read_json(file) if file.is_file() else {}
    return isinstance(config, dict) and bool({"add_bos_token", "add_eos_token"} & set(cast("dict[str, Any]", config)))


def probe_lines(core: Any) -> list[str]:
    """The probe lines, and one with each of the tokenizer's own added tokens inside a text (at most 50)."""
    added = sorted(core.get_added_tokens_decoder().items())[:50]
    return [*PROBE_LINES, *(f"前{token.content}後 {token.content}" for _, token in added)]


def difference(tokenizer: Any, core: Any, *, specials: bool = True) -> Difference | None:
    """The first probe line on which a loaded tokenizer and `core` (a `tokenizers.Tokenizer`) differ: in its ids, or in
    the text those ids give back. None if they agree, and if every piece has the same id in both.

    specials: also compare what each puts around a text.
    """
    known, wanted = tokenizer.get_vocab(), core.get_vocab(with_added_tokens=True)
    moved = next((piece for piece, place in wanted.items() if known.get(piece) != place), None)
    if moved is not None:
        return Difference(moved, f"id {wanted[moved]}", f"id {known.get(moved)}")
    for line in probe_lines(core):
        expected = core.encode(line, add_special_tokens=False)
        ids = list(tokenizer(line, add_special_tokens=False, verbose=False)["input_ids"])
        if ids != expected.ids:
            pieces = [str(item) for item in tokenizer.convert_ids_to_tokens(ids)]
            return Difference(line, _shown(expected.tokens), _shown(pieces))
        back = tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
        plain = core.decode(ids, skip_special_tokens=False)
        if back != plain:
            return Difference(line, repr(plain), repr(back))
        if specials:
            whole, around = core.encode(line, add_special_tokens=True), tokenizer(line, verbose=False)["input_ids"]
            if list(around) != whole.ids:
                return Difference(
                    line, _shown(whole.tokens), _shown([str(item) for item in tokenizer.convert_ids_to_tokens(around)])
                )
    return None


def _shown(pieces: list[str]) -> str:
    text = " ".join(pieces[:8])
    return f"[{text} …]" if len(pieces) > 8 else f"[{text}]"


def _as_sentencepiece(tokenizer: Any, model: Path) -> Any:
    """`tokenizer`, if it gives the ids `sentencepiece` itself gives for `model`; else the model converted as it is written."""
    import sentencepiece
    from transformers import PreTrainedTokenizerFast

    from tekio.model.sentencepiece_model import convert_sentencepiece

    lower = _is_lowered(model.parent)
    try:
        original = sentencepiece.SentencePieceProcessor(model_file=str(model))
        if _other_pieces(tokenizer, original, lower=lower) is None:
            return tokenizer
        core, roles = convert_sentencepiece(model, lower=lower)
    except Exception as error:
        raise TekioError(
            Text("The SentencePiece model cannot be read.", "SentencePiece のモデルを読めません。"),
            where=model,
            why=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
        ) from error
    around = tokenizer.backend_tokenizer.post_processor
    if _says_about_specials(model.parent) and around is not None:
        core.post_processor = around
    known = {role: str(token) for role, token in tokenizer.special_tokens_map.items() if isinstance(token, str)}
    pieces = core.get_vocab()
    usable = roles | {role: token for role, token in known.items() if token in pieces}
    converted: Any = PreTrainedTokenizerFast(
        tokenizer_object=core, chat_template=getattr(tokenizer, "chat_template", None), **usable
    )
    found = _other_pieces(converted, original, lower=lower)
    if found is not None:
        raise TekioError(
            Text(
                "The converted tokenizer gives other ids than its SentencePiece model.",
                "変換したトークナイザの ID が SentencePiece のモデルと異なります。",
            ),
            where=model,
            why=f"{found.text!r}: {found.found}; sentencepiece: {found.wanted}",
            fix=Text("Take the tokenizer.json of the model's publisher.", "配布元の tokenizer.json を使ってください。"),
        )
    return converted


def _is_lowered(folder: Path) -> bool:
    """Whether the model was trained on text in small letters, which its SentencePiece model does not say: rinna's GPT-2s name it in
    `tokenizer_config.json`, and transformers passes over it.
    """
    file = folder / "tokenizer_config.json"
    config: object = read_json(file) if file.is_file() else {}
    return isinstance(config, dict) and cast("dict[str, Any]", config).get("do_lower_case") is True


def _other_pieces(tokenizer: Any, original: Any, *, lower: bool = False) -> Difference | None:
    """The first probe line on which a converted tokenizer and a `SentencePieceProcessor` differ. lower: that is given small letters.

    Two segmentations of one score (`##` `#` and `#` `##`) are no difference: which one is taken is nowhere written.
    """
    shift = _shift(tokenizer, original)
    for line in PROBE_LINES:
        given = line.lower() if lower else line
        own = original.encode(given)
        found = list(tokenizer(line, add_special_tokens=False, verbose=False)["input_ids"])
        if [item + shift for item in own] != found and not _tie([item - shift for item in found], own, original):
            pieces = [str(item) for item in tokenizer.convert_ids_to_tokens(found)]
            return Difference(line, _shown(original.encode(given, out_type=str)), _shown(pieces))
    return None


def _tie(one: list[int], two: list[int], original: Any) -> bool:
    size = original.get_piece_size()
    if sorted(one) != sorted(two) or not all(0 <= item < size for item in one):
        return False
    return original.decode(one) == original.decode(two)


def _shift(tokenizer: Any, original: Any) -> int:
    """How far ids are moved against the SentencePiece model's: some families (XLM-R, XGLM) put tokens of their own first."""
    piece = original.id_to_piece(original.get_piece_size() - 1)
    place = tokenizer.convert_tokens_to_ids(piece)
    moved = int(place) - (original.get_piece_size() - 1) if isinstance(place, int) else 0
    return moved if 0 <= moved <= 16 else 0


def require_rows(tokenizer: Any, rows: int, where: Path) -> None:
    """Raise `TekioError` when the tokenizer can give an id for which the model has no embedding row."""
    table: dict[str, int] = tokenizer.get_vocab()
    piece, highest = max(table.items(), key=lambda item: item[1], default=("", -1))
    if highest >= rows:
        raise TekioError(
            Text(
                f"The tokenizer has ids up to {highest}, the model has {rows} embedding rows.",
                f"トークナイザの ID は {highest} までありますが、埋め込みは {rows} 行です。",
            ),
            where=where,
            why=f"{piece!r} = {highest}",
            fix=Text(
                "Tokenizer and weights are of different models, or words were added without resizing the model.",
                "トークナイザと重みの組が違うか、語を加えた後に行を増やしていません。",
            ),
        )


def name_known_class(folder: Path) -> None:
    """Let `tokenizer_config.json` name the class of any fast tokenizer as all versions of transformers know it.

    transformers 5 writes a name that 4 does not know, and programs beside Tekio (llama.cpp's converter, servers) may have 4.
    """
    if names_new_class(folder):
        path = folder / TOKENIZER_CONFIG
        write_json(path, {**read_json_object(path), "tokenizer_class": "PreTrainedTokenizerFast"})


def names_new_class(folder: Path) -> bool:
    """Whether `tokenizer_config.json` names the class that only transformers 5 knows."""
    path = folder / TOKENIZER_CONFIG
    return path.is_file() and read_json_object(path).get("tokenizer_class") == "TokenizersBackend"


def save_tokenizer(tokenizer: Any, folder: Path) -> None:
    """Write `tokenizer` into `folder`, with the record of words that were added to it.

    Raises `TekioError` unless it is read back with the same ids, by us and by `tokenizers` alone (what servers read).
    """
    tokenizer.save_pretrained(str(folder))
    name_known_class(folder)
    added = Path(str(getattr(tokenizer, "name_or_path", "") or "")) / ADDED_WORDS
    if added.is_file():
        shutil.copyfile(added, folder / ADDED_WORDS)
    core = read_tokenizer_json(folder)
    found = difference(tokenizer, core, specials=False) or difference(load_tokenizer(folder), core, specials=False)
    if found is not None:
        raise TekioError(
            Text("The saved tokenizer gives other ids.", "保存したトークナイザの ID が変わりました。"),
            where=folder,
            why=f"{found.text!r}: {found.wanted}; {found.found}",
        )
