"""One compiled pass over many texts that yields every statistic the filters need.

Measuring and deciding are kept apart: this module counts, `tekio.corpus.decisions.filters` compares counts with thresholds, so a
changed threshold never touches text. The measures of Swallow (Okazaki et al. 2024, arXiv 2404.17733) are reproduced
exactly, with its view of text: lines are paragraphs (blank ones too), sentences end with 。．！？!?, letters are code
points. N-gram counts are exact: an n-gram can repeat only where its first n-1 characters repeat, so each length looks
only at what repeated in the length before.
"""

from __future__ import annotations

import math
import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tekio.text.kernels.codepoints import CodePoints, Codes, Offsets
from tekio.text.kernels.compiled import compiled
from tekio.text.kernels.word_trie import WordTrie, count_words

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Keys = NDArray[np.uint64]

TABLE = 0x20000  # classes are looked up for the first two planes; above lie rare kanji, which Swallow does not count
OTHER, HIRAGANA, KATAKANA, KANJI, TOTEN, KUTEN, LATIN, DIGIT, SPACE, SYMBOL, CONTROL, PRIVATE, REPLACEMENT = range(13)
HALF_WIDTH_KANA, RADICAL, MOJIBAKE_KANJI, MOJIBAKE_LATIN, CLASSES = range(13, 18)

COLUMNS = (
    *("other", "hiragana", "katakana", "kanji", "toten", "kuten", "latin", "digits", "spaces", "symbols", "controls"),
    *("private", "replacements", "half_width_kana", "radicals", "mojibake_kanji", "mojibake_latin"),
    *("letters", "full_stops", "longest_run", "head_kana"),
    *("lines", "empty_paragraphs", "short_lines", "bullet_lines", "ellipsis_lines"),
    *("paragraph_letters", "duplicate_paragraphs", "duplicate_paragraph_letters"),
    *("sentences", "longest_sentence", "ellipsis_sentences", "duplicate_sentences", "duplicate_sentence_letters"),
    *("top_2gram", "top_3gram", "top_4gram"),
    *(f"distinct_{n}grams" for n in range(5, 11)),
    *(f"repeated_{n}grams" for n in range(5, 11)),  # how many different n-grams occur more than once
    *(f"covered_{n}grams" for n in range(5, 11)),  # how many positions start an n-gram that occurs more than once
    "frequent_5grams",  # positions covered by the sqrt(distinct) most frequent repeated 5-grams (BigScience)
    *("listed_words", "listed_word_letters"),  # hits of the source's word lists (`tekio.text.kernels.word_trie`)
)
LETTERS, FULL_STOPS, LONGEST_RUN, HEAD_KANA = range(17, 21)
LINES, EMPTY_PARAGRAPHS, SHORT_LINES, BULLET_LINES, ELLIPSIS_LINES = range(21, 26)
PARAGRAPH_LETTERS, DUPLICATE_PARAGRAPHS, DUPLICATE_PARAGRAPH_LETTERS = range(26, 29)
SENTENCES, LONGEST_SENTENCE, ELLIPSIS_SENTENCES, DUPLICATE_SENTENCES, DUPLICATE_SENTENCE_LETTERS = range(29, 34)
TOP_2GRAM, DISTINCT_5GRAMS, REPEATED_5GRAMS, COVERED_5GRAMS, FREQUENT_5GRAMS = 34, 37, 43, 49, 55
LISTED_WORDS = 56

SHORT_LINE = 10
HEAD = 50
_LATIN_NAMES = ("LATIN", "FULLWIDTH LATIN")
BULLETS = "・●○■□◆◇▪•*-‣◦※"
_FULL_STOP, _MIDDLE_DOT, _ELLIPSIS = 0x3002, 0x30FB, 0x2026
_MIX_1, _MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(32)
_ONE = np.uint64(1)


def _class_of(code: int) -> int:
    if code in (0x7E3A, 0x7E67, 0x7E5D):  # 縺 繧 繝: UTF-8 kana read as CP932
        return MOJIBAKE_KANJI
    if code in (0xC3, 0xE2, 0xE3):  # Ã â ã: UTF-8 read as Latin-1
        return MOJIBAKE_LATIN
    ranges = (
        (0x3041, 0x3096, HIRAGANA),
        (0x30A1, 0x30FA, KATAKANA),
        (0x3400, 0x9FFF, KANJI),
        (0xF900, 0xFAFF, KANJI),
        (0x2E80, 0x2FDF, RADICAL),
        (0xFF66, 0xFF9F, HALF_WIDTH_KANA),
    )
    for first, last, kind in ranges:
        if first <= code <= last:
            return kind
    char = chr(code)
    named = {"々": KANJI, "〇": KANJI, "〻": KANJI, "、": TOTEN, "，": TOTEN, "\ufffd": REPLACEMENT}
    if char in named:
        return named[char]
    if char in "。．！？":
        return KUTEN
    if char.isspace():
        return SPACE
    category = unicodedata.category(char)
    if category == "Nd":
        return DIGIT
    if category[0] in "PS":
        return SYMBOL
    if category in ("Cc", "Cf"):
        return CONTROL
    if category in ("Co", "Cs", "Cn"):
        return PRIVATE
    return LATIN if category in ("Lu", "Ll") and unicodedata.name(char, "").startswith(_LATIN_NAMES) else OTHER


class Work(NamedTuple):
    """Memory of the n-gram pass, as long as the longest text needs."""

    places: Small
    names: Small
    table: Ints
    counts: Small


@cache
def class_table() -> NDArray[np.uint8]:
    """The class of every code point of the first two planes."""
    table = np.full(TABLE, OTHER, dtype=np.uint8)
    table[0x3400:0xA000], table[0xE000:0xF900], table[0xD800:0xE000] = KANJI, PRIVATE, PRIVATE
    # Large blocks of one class are filled above; the rest of the second plane, but symbols, stays `OTHER`.
    for first, last in ((0, 0x3400), (0xA000, 0xAC00), (0xD7A4, 0xD800), (0xF900, 0x10000), (0x1D000, 0x1FC00)):
        for code in range(first, last):
            table[code] = _class_of(code)
    for code in (0x7E3A, 0x7E67, 0x7E5D):
        table[code] = _class_of(code)
    return table


@cache
def _bullet_codes() -> Codes:
    return np.array([ord(char) for char in BULLETS], dtype=np.uint32)


@compiled
def _count_duplicates(hashes: Keys, lengths: Ints, count: int, table: Keys) -> tuple[int, int]:
    """How many of `count` items are repetitions, and how many letters those have."""
    size = 8
    while size < 2 * count:
        size *= 2
    table[:size] = 0
    mask = size - 1
    items, letters = 0, 0
    for i in range(count):
        key = hashes[i] | _ONE  # 0 marks a free place
        slot = np.int64((key * _MIX_1) >> _SHIFT) & mask
        while table[slot] != 0 and table[slot] != key:
            slot = (slot + 1) & mask
        if table[slot] == key:
            items += 1
            letters += lengths[i]
        else:
            table[slot] = key
    return items, letters


@compiled
def _count_ngrams(codes: Codes, row: Ints, work: Work) -> None:
    """Exact n-gram counts of one text for n = 2..10 into `row`."""
    places, names, table, counts = work.places, work.names, work.table, work.counts
    total = len(codes)
    for i in range(total):
        places[i] = i
        names[i] = codes[i]
    live = total
    for n in range(2, 11):
        positions = total - n + 1
        while live > 0 and places[live - 1] >= positions:
            live -= 1
        bits = 3
        while (1 << bits) < 2 * live:
            bits += 1
        size, shift = 1 << bits, np.uint64(64 - bits)
        mask = np.uint64(size - 1)
        table[:size] = -1
        counts[:size] = 0
        for j in range(live):
            # The (n-1)-gram's name and the next character name the n-gram without collisions. Places are unsigned: of signed
            # ones every look-up would first ask whether it counts from the end.
            key = (np.int64(names[j]) << 21) | np.int64(codes[np.uint64(places[j] + n - 1)])
            slot = (np.uint64(key) * _MIX_1) >> shift
            found = table[slot]
            while found != -1 and found != key:
                slot = (slot + _ONE) & mask
                found = table[slot]
            table[slot] = key
            counts[slot] += 1
            names[j] = np.int32(slot)
        looked, live = live, 0
        for j in range(looked):  # no branch: what does not repeat is overwritten by the next
            named = names[j]
            places[live] = places[j]
            names[live] = named
            live += np.int64(counts[np.uint64(named)] > 1)
        if n <= 4:
            top = np.int32(0)
            for slot in range(size):
                top = max(top, counts[slot])
            row[TOP_2GRAM + n - 2] = max(top, min(positions, 1))
            continue
        distinct, repeated = np.int64(0), 0
        for slot in range(size):
            distinct += np.int64(counts[slot] > 0)
        if live > 0:
            for slot in range(size):
                counts[repeated] = counts[slot]
                repeated += np.int64(counts[slot] > 1)
        distinct += max(positions, 0) - looked
        row[DISTINCT_5GRAMS + n - 5] = distinct
        row[REPEATED_5GRAMS + n - 5] = repeated
        row[COVERED_5GRAMS + n - 5] = live
        if n == 5 and repeated > 0:
            frequent = np.sort(counts[:repeated])
            row[FREQUENT_5GRAMS] = frequent[repeated - min(int(math.sqrt(distinct)), repeated) :].sum()


@compiled
def _measure(codes: Codes, offsets: Offsets, classes: NDArray[np.uint8], bullets: Codes, out: Ints) -> None:
    longest = 1
    for document in range(len(offsets) - 1):
        longest = max(longest, offsets[document + 1] - offsets[document])
    size = 8
    while size < 2 * longest + 2:
        size *= 2
    work = Work(
        np.empty(longest, dtype=np.int32),
        np.empty(longest, dtype=np.int32),
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int32),
    )
    hash_table = np.empty(size, dtype=np.uint64)
    sentence_hashes = np.empty(longest + 1, dtype=np.uint64)
    sentence_lengths = np.empty(longest + 1, dtype=np.int64)
    paragraph_hashes = np.empty(longest + 1, dtype=np.uint64)
    paragraph_lengths = np.empty(longest + 1, dtype=np.int64)
    for document in range(len(offsets) - 1):
        start, end = offsets[document], offsets[document + 1]
        row = out[document]
        sentences, paragraphs = 0, 0
        line, run = 0, 0
        previous = np.int64(-1)
        sentence, paragraph, last = 0, 0, np.int64(0)
        sentence_hash, paragraph_hash = np.uint64(0), np.uint64(0)
        line_start = start
        for p in range(start, end + 1):
            code = np.int64(codes[p]) if p < end else np.int64(10)
            ends_sentence = False
            if p < end:
                kind = classes[code] if code < TABLE else OTHER
                row[kind] += 1
                run = run + 1 if code == previous else 1
                previous = code
                if run > row[LONGEST_RUN]:
                    row[LONGEST_RUN] = run
                if code == _FULL_STOP:
                    row[FULL_STOPS] += 1
                if p - start < HEAD and (0x3041 <= code <= 0x3093 or 0x30A1 <= code <= 0x30F3):
                    row[HEAD_KANA] += 1
                if code != 10:
                    line += 1
                    terminator = kind == KUTEN or code == 0x21 or code == 0x3F
                    if not terminator or sentence > 0:
                        sentence += 1
                        mixed = (np.uint64(code) + _ONE) * _MIX_2
                        sentence_hash = (sentence_hash ^ mixed) * _MIX_1
                        sentence_hash ^= sentence_hash >> _SHIFT
                        paragraph += 1
                        paragraph_hash = (paragraph_hash ^ mixed) * _MIX_1
                        paragraph_hash ^= paragraph_hash >> _SHIFT
                        if kind != SPACE:
                            last = code
                        ends_sentence = terminator
            if code == 10 and sentence > 0:
                ends_sentence = True
            if ends_sentence:
                if last == _MIDDLE_DOT or last == _ELLIPSIS:  # noqa: SIM109 (compiled)
                    row[ELLIPSIS_SENTENCES] += 1
                if sentence > row[LONGEST_SENTENCE]:
                    row[LONGEST_SENTENCE] = sentence
                sentence_hashes[sentences] = sentence_hash
                sentence_lengths[sentences] = sentence
                sentences += 1
                sentence, last, sentence_hash = 0, np.int64(0), np.uint64(0)
            if code == 10:
                paragraph_hashes[paragraphs] = paragraph_hash
                paragraph_lengths[paragraphs] = paragraph
                paragraphs += 1
                row[PARAGRAPH_LETTERS] += paragraph
                if paragraph == 0:
                    row[EMPTY_PARAGRAPHS] += 1
                if line <= SHORT_LINE:
                    row[SHORT_LINES] += 1
                if line > 0:
                    first = line_start
                    while first < p - 1 and (codes[first] == 0x20 or codes[first] == 0x3000):
                        first += 1
                    for bullet in bullets:
                        if codes[first] == bullet:
                            row[BULLET_LINES] += 1
                            break
                    dots = line >= 3 and codes[p - 1] == 0x2E and codes[p - 2] == 0x2E and codes[p - 3] == 0x2E
                    if p < end and (codes[p - 1] == _ELLIPSIS or dots):
                        row[ELLIPSIS_LINES] += 1
                paragraph, line, line_start = 0, 0, p + 1
                paragraph_hash = np.uint64(0)
        row[LETTERS] = end - start
        row[LINES] = paragraphs
        row[SENTENCES] = sentences
        row[DUPLICATE_PARAGRAPHS], row[DUPLICATE_PARAGRAPH_LETTERS] = _count_duplicates(
            paragraph_hashes, paragraph_lengths, paragraphs, hash_table
        )
        row[DUPLICATE_SENTENCES], row[DUPLICATE_SENTENCE_LETTERS] = _count_duplicates(
            sentence_hashes, sentence_lengths, sentences, hash_table
        )
        _count_ngrams(codes[start:end], row, work)


def measure(texts: CodePoints, words: WordTrie | None = None) -> Ints:
    """Counts of `COLUMNS` for every text: int64 [texts, len(COLUMNS)]. `words`: the list that `listed_words` counts."""
    out = np.zeros((texts.texts, len(COLUMNS)), dtype=np.int64)
    _measure(texts.codes, texts.offsets, class_table(), _bullet_codes(), out)
    if words is not None:
        out[:, LISTED_WORDS : LISTED_WORDS + 2] = count_words(texts, words)
    return out
