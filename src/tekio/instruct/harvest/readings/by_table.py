"""Tables with questions in one column and answers in another, with or without a row that says so."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.columns import Columns, span
from tekio.instruct.harvest.marks import question_likeness
from tekio.instruct.harvest.readings.elements import Question, blocks_of, elements, joined
from tekio.text.html import tag_of

Row = dict[int, list[Block]]
"""Column -> blocks of the cell."""
MAX_NAME = 20
MAX_TITLE_ROWS = 6
"""The row that names the columns may stand below a title and the day of the list."""
_QUESTION_COLUMN = re.compile(
    r"質問|問い|疑問|問$|照会|要望|指摘|ご?意見|コメント|お客(?:さま|様)の声|[QＱ](?:uestion)?$|お問い?合わ?せ|ご相談|^(?:症状|現象|こんなとき|お?困り)|^(?:question|faq)?[_ ]?(?:title|subject|text|body)$",
    re.IGNORECASE,
)
_ANSWER_COLUMN = re.compile(
    r"回答|答$|答え|考え方|見解|[AＡ](?:nswer)?$|お答え|説明|対応|ご案内|返答|返信|解決|対処|^answer[_ ]?(?:text|body|html)?$",
    re.IGNORECASE,
)


_ABOUT_ANSWERS = re.compile(r"(?:数|率|者|日|日時|欄|期限|割合|番号|方法|部署|部?店|課|先|ID|No\.?)$")
_SAYS_QUESTION = re.compile(
    r"質問|問い|問$|疑義|照会|[ご御]意見|意見の|^意見$|お?問い?合わ?せ内容|ご?相談内容|^[QＱ]$|^questions?$",
    re.IGNORECASE,
)
_SAYS_ANSWER = re.compile(r"回答|答$|答え|考え方|見解|^[AＡ]$|^answers?$", re.IGNORECASE)
_IS_QUESTION = re.compile(
    r"[おご御]?(?:質問|問い|問|問い?合わ?せ|相談|照会|疑義|意見|要望)(?:内容|事項|文)?|[QＱ]|questions?", re.IGNORECASE
)
_IS_ANSWER = re.compile(r"[おご御]?(?:回答|答え|答|解答|見解|考え方)(?:内容|文)?|[AＡ]|answers?", re.IGNORECASE)


def by_named_columns(page: Page) -> list[Question]:
    """Rows under a first row that names the columns 質問/回答, ご意見/考え方 and the like."""
    tables = [*_tables(page), *_tables_with_tables(page)]
    return [question for rows in tables for question in _named_rows(rows)]


def by_tables(page: Page) -> list[Question]:
    """Rows of a table with the question in one cell and the answer in a later one."""
    return [question for rows in _tables(page) for question in _named_rows(rows) or _rows(rows)]


def _tables_with_tables(page: Page) -> list[list[Row]]:
    """Tables of which a cell holds another table: layout, or an answer with figures in a table of its own."""
    found: list[list[Row]] = []
    for table in elements(page, ["table"]):
        if not any(tag_of(below) == "table" for below in table.iterdescendants()):
            continue
        columns = Columns()
        rows: list[Row] = []
        for line in table.iterdescendants():
            if tag_of(line) != "tr" or _table_around(line) is not table:
                continue
            columns.next_row()
            cells = [node for node in line if tag_of(node) in ("td", "th")]
            placed = [(columns.place(span(node, "colspan"), span(node, "rowspan")), node) for node in cells]
            rows.append({column: told for column, node in placed if (told := blocks_of(page, node))})
        found.append(rows)
    return found


def _table_around(node: Any) -> Any:
    return next((above for above in node.iterancestors() if tag_of(above) == "table"), None)


def _tables(page: Page) -> list[list[Row]]:
    found: list[list[Row]] = []
    for table in elements(page, ["table"]):
        if any(tag_of(below) == "table" for below in table.iterdescendants()):
            continue  # `_tables_with_tables`; its inner tables are looked at by themselves
        rows: dict[int, Row] = {}
        for block in blocks_of(page, table):
            if block.cell is not None:
                rows.setdefault(block.cell[0], {}).setdefault(block.cell[1], []).append(block)
        found.append(list(rows.values()))
    return found


def naming_cells(page: Page) -> list[Block]:
    """The cells that name the columns of a table of questions and answers: 「質問」 there marks no question."""
    named = [_names(rows) for rows in (*_tables(page), *_tables_with_tables(page))]
    return [block for found in named if found is not None for cell in found[0].values() for block in cell]


def _names(rows: list[Row]) -> tuple[Row, int, int, int] | None:
    """The row that names the columns of questions and of answers, its place, and the two columns."""
    for at, first in enumerate(rows[:MAX_TITLE_ROWS]):
        named = {column: joined(cell) for column, cell in first.items() if len(joined(cell)) <= MAX_NAME}
        named = {column: name for column, name in named.items() if not _ABOUT_ANSWERS.search(name)}
        below = rows[at + 1 :]
        told = _fullest(_called(named, _SAYS_ANSWER, _ANSWER_COLUMN), below)
        others = {column: name for column, name in named.items() if column != told}
        asked = _fullest(_called(others, _SAYS_QUESTION, _QUESTION_COLUMN), below)
        if asked is not None and told is None and len(first) == 2 and len(named) == 2 and _is_asked(named[asked]):
            told = next(column for column in first if column != asked)
        if asked is not None and told is not None:
            return first, at, asked, told
    return None


def _is_asked(name: str) -> bool:
    """A name that says that whatever stands beside the column deals with it: お困りの内容, こんなとき."""
    return _IN_TROUBLE.search(name) is not None


_IN_TROUBLE = re.compile(r"^(?:症状|現象|こんなとき|お?困り)")


def _called(named: dict[int, str], *patterns: re.Pattern[str]) -> list[int]:
    """The columns whose names match the first of the patterns that any of them matches."""
    for pattern in patterns:
        if found := [column for column, name in named.items() if pattern.search(name)]:
            return found
    return []


def _fullest(columns: list[int], rows: list[Row]) -> int | None:
    """Of several columns with such a name the first that says much more than the ones before it: 照会内容, not 照会元."""
    chosen: int | None = None
    most = 0
    for column in columns:
        size = sum(block.size for row in rows for block in row.get(column, []))
        if chosen is None or size > MUCH_MORE * most:
            chosen, most = column, size
    return chosen


MUCH_MORE = 1.5


def _named_rows(rows: list[Row]) -> list[Question]:
    found = _names(rows)
    if found is None:
        return []
    first, at, asked, told = found
    asks, tells = joined(first[asked]), joined(first[told])
    named = bool(_IS_QUESTION.fullmatch(asks) and _IS_ANSWER.fullmatch(tells))
    certain = named or bool(_SAYS_QUESTION.search(asks) and _SAYS_ANSWER.search(tells))
    questions: list[Question] = []
    answer: list[Block] | None = None
    for row in rows[at + 1 :]:
        if asked in row and told in row:
            answer = list(row[told])
            questions.append(Question(row[asked], row[asked][0].node, answer, certain=certain, named=named))
        elif named and set(row) == {told} and answer is not None:
            answer.extend(row[told])  # it goes on in a row of its own
        else:
            answer = None  # a question that nobody has answered, a title among the rows
    return questions


_ABOUT_ENTRIES = re.compile(
    r"カテゴリー?$|分類$|区分$|分野$|ジャンル$|タグ$|(?:閲覧|参照|表示|アクセス|検索|登録|回答|問い?合わ?せ|クリック|PV|いいね)(?:数|件数|回数|ランキング)?$|^件数$|^回数$|^PV$|順位$|評価$|解決率$|ステータス$|状況$|状態$|(?:更新|公開|掲載|登録|作成)日?$|^ID$|^No\.?$|番号$"
    r"|(?i:^status$|^pv|_?count$|_at$|^id$|date$|^categor|^tags?$)"
    r"|者$|担当|部署$|課$|所管|委員会$|議員|氏名|月日$|日時?$|頁$|ページ$"
)


def _about_entries(rows: list[Row]) -> set[int]:
    """Columns whose name says that they hold who asks, who is to answer, or when: no answers."""
    heads = {column: joined(cell) for column, cell in rows[0].items()} if rows else {}
    if any(len(name) > MAX_NAME or question_likeness(name) >= 1.0 for name in heads.values()):
        return set()
    return {column for column, name in heads.items() if _ABOUT_ENTRIES.search(name)}


def _rows(rows: list[Row]) -> list[Question]:
    """Without names: the column that most often holds a question holds them all."""
    asking = Counter(
        column
        for row in rows
        for column in sorted(row)[:-1]
        if len(joined(row[column])) > 3 and question_likeness(joined(row[column])) > 0
    )
    usual = asking.most_common(1)[0][0] if asking else None
    aside = _about_entries(rows)
    found: list[Question] = []
    for row in rows:
        plain = [column for column in sorted(row) if len(joined(row[column])) > 3]
        if len(plain) < 2:
            continue
        likely = [column for column in plain[:-1] if question_likeness(joined(row[column])) > 0]
        asked = usual if usual in plain[:-1] and (usual in likely or not likely) else (likely or plain)[0]
        told = [column for column in plain[plain.index(asked) + 1 :] if column not in aside]
        if told:
            answer = [block for column in told for block in row[column]]
            found.append(Question(row[asked], row[asked][0].node, answer))
    return found
