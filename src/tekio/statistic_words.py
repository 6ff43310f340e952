"""The statistics that filters reject by, in words: for the terminal, the report and the viewer."""

from __future__ import annotations

from tekio.errors import Text

_NOTICED = {
    "letters": Text("too short or too long", "長さが範囲外"),
    "japanese_share": Text("too little Japanese", "日本語の割合"),
    "broken_share": Text("broken characters", "壊れた文字の割合"),
    "symbol_share": Text("too many symbols", "記号の割合"),
    "longest_run": Text("one character over and over", "同じ文字の連続"),
    "duplicate_line_share": Text("repeated lines", "行の繰り返し"),
    "duplicate_sentence_letter_share": Text("repeated sentences", "文の繰り返し"),
    "top_4gram_share": Text("repeated pieces", "語句の繰り返し"),
    "frequent_5gram_share": Text("repeated pieces", "語句の繰り返し"),
}

_MEASURED = {
    name: Text(en, ja)
    for name, en, ja in (
        ("hiragana_share", "share of hiragana", "ひらがなの割合"),
        ("katakana_share", "share of katakana", "カタカナの割合"),
        ("kanji_share", "share of kanji", "漢字の割合"),
        ("kuten_share", "share of full stops", "句点の割合"),
        ("toten_share", "share of commas", "読点の割合"),
        ("latin_share", "share of Latin letters", "英字の割合"),
        ("digit_share", "share of digits", "数字の割合"),
        ("special_share", "share of marks", "記号類の割合"),
        ("space_share", "share of white space", "空白の割合"),
        ("half_width_kana_share", "share of half-width kana", "半角カナの割合"),
        ("japanese_letters", "Japanese letters", "日本語の文字数"),
        ("listed_words", "listed words", "一覧にある語の数"),
        ("listed_word_share", "share of listed words", "一覧にある語の割合"),
        ("sentences", "sentences", "文の数"),
        ("mean_sentence", "mean length of sentences", "文の平均長"),
        ("longest_sentence", "longest sentence", "最も長い文"),
        ("ellipsis_sentence_share", "sentences that trail off", "「…」で終わる文の割合"),
        ("duplicate_sentence_share", "repeated sentences", "文の繰り返し（文数）"),
        ("lines", "lines", "行数"),
        ("mean_line", "mean length of lines", "行の平均長"),
        ("short_line_share", "short lines", "短い行の割合"),
        ("bullet_line_share", "lines of lists", "箇条書きの行の割合"),
        ("duplicate_paragraph_share", "repeated paragraphs", "段落の繰り返し（段落数）"),
        ("duplicate_paragraph_letter_share", "repeated paragraphs (letters)", "段落の繰り返し（文字数）"),
        ("head_kana", "kana at the beginning", "先頭部分のかな"),
        ("full_stops_per_100", "full stops in 100 letters", "100 文字あたりの句点"),
        ("ellipsis_line_share", "lines that trail off", "「…」で終わる行の割合"),
        ("top_2gram_share", "most frequent pair of letters", "最も多い 2 文字の割合"),
        ("top_3gram_share", "most frequent piece of 3 letters", "最も多い 3 文字の割合"),
    )
}
_PIECES = {
    f"{form}_{size}gram{end}": Text(f"{en} of {size} letters", f"{size} 文字片の{ja}")
    for size in range(5, 11)
    for form, end, en, ja in (
        ("distinct", "_repeated_share", "repeated pieces", "繰り返し（種類）"),
        ("covered", "_share", "text in repeated pieces", "繰り返しが占める割合"),
    )
}

STATISTICS = _NOTICED | _MEASURED | _PIECES


def filter_words(name: str) -> Text:
    """What a filter rejects for, with the statistic's name; a package's own has its name alone."""
    meaning = STATISTICS.get(name)
    if meaning is None:
        return Text(f"filter: {name}", f"フィルタ: {name}")
    return Text(f"filter: {meaning.en} ({name})", f"フィルタ: {meaning.ja}（{name}）")


def statistic_words(name: str) -> Text:
    """A statistic of documents in words, with its name: that is what recipes and commands call it."""
    meaning = Text("letters", "文字数") if name == "letters" else STATISTICS.get(name)
    return Text(name, name) if meaning is None else Text(f"{meaning.en} ({name})", f"{meaning.ja}（{name}）")
