"""Who speaks in turn: chats, interviews, minutes, forums; two voices, of which one asks and the other tells.

A voice is whatever tells the turns apart: a name before the text (`[10:02] お客様:`, ○青山委員, a bold name, the cell at the head of a
row, the picture beside a bubble) or the element and class names of a bubble. Nothing is known of the names; the voice most
of whose turns ask is the one that asks, and those who answer it hardly ask themselves.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# (lxml has no type information)

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import Any

from tekio.instruct.harvest.blocks import Block, Page
from tekio.instruct.harvest.marks import CLOCKED_NAME, is_furniture, question_likeness, undecorated
from tekio.instruct.harvest.readings.elements import Question
from tekio.text.html import tag_of

MAX_NAME = 14
FEWEST_ASKED = 2
ASKS, TELLS = 0.6, 0.4
"""Share of the turns of a voice that ask, at least for the one that asks and at most for those that answer."""
KNOWN_ASK = 0.4
"""The same for a voice whose name says that it asks: some tell what troubles them."""
KNOWN_ASKS = re.compile(
    r"^[0-9０-９]{1,2}番|議員|客|生徒|学生|相談者|質問|質疑|ユーザー|顧客|利用者|聞き手|編集部|インタビュ|記者|委員|議員|株主|来場者|参加者|出席者|受講[者生]|聴講|視聴者|読者|保護者|住民|市民|町民|患者|加入者|会員|契約者|投稿者|あなた|自分|新人|初心者"
    r"|(?:^|[^a-z])(?:user|customer|client|guest|visitor|human|asker|me|self|you)(?:$|[^a-z])|^[QＱ]$|^問$",
    re.IGNORECASE,
)
KNOWN_TELLS = re.compile(
    r"取締役|社長|議長|会長|頭取|専務|常務|理事|執行役|町長|市長|村長|知事|大臣|総裁|オペレーター|担当|サポート|先生|講師|弁護士|税理士|司法書士|行政書士|社労士|診断士|専門家|回答|スタッフ|窓口|相談員|事務局|管理監|監[(（]|課長|部長|局長|室長|係長|参事|会社|当社|ボット|AI|医師|教授|センター"
    r"|(?:^|[^a-z])(?:operator|staff|support|agent|bot|assistant|admin|answer|answerer)(?:$|[^a-z])|^[AＡ]$|^答$",
    re.IGNORECASE,
)
CONVERSES = re.compile(
    r"質問|質疑|Q\s*[&＆]\s*A|Ｑ\s*[&＆]\s*Ａ|FAQ|問答|会見|インタビュー|チャット|トーク履歴|相談|対談|座談会|聞(?:く|き|いて|いた)|教えて|お答え|フォーラム|掲示板|サポート|会話|よくある",
    re.IGNORECASE,
)
"""Titles of pages on which one asks and another answers."""
_CLOCK = r"(?:[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2}[\s　]+)?[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?"
_NAME = r"[^\s　:：。、，,．.？?！!「」『』（）()\[\]【】＜＞<>／/=＝→⇒0-9０-９#＃]{1,14}"
_SAID = re.compile(
    rf"^(?:[\[(（]?{_CLOCK}[\])）]?[\s　]*)?(?:[<＜\[［【(（](?P<a>{_NAME})[>＞\]］】)）][\s　]*[:：]?|(?P<b>{_NAME})(?:[0-9０-９]{{1,2}})?(?:[(（][^()（）\n]{{1,16}}[)）])?[\s　]*(?:[\[(（]?{_CLOCK}[\])）]?)?[\s　]*[:：])[\s　]*"
)
_CLOCKED = re.compile(
    rf"^[\[(（]?{_CLOCK}[\])）]?[\s　]+(?P<a>[^\s　\t].{{0,20}}?)(?:\t|[\s　]{{2,}}|[\s　])[\s　]*(?=\S)"
)
_SIGNED = re.compile(
    rf"^[○●◯〇◎■◆◇□＊*☆★▽▼](?P<a>{_NAME}|[^\s　:：]{{1,12}}[(（][^()（）]{{1,14}}[)）])[\s　:：]+(?=\S)"
)
_LOGGED = re.compile(rf"^[\[(（]{_CLOCK}[\])）][\s　]*(?P<a>[^:：\n]{{1,20}}?)[\s　]*[:：][\s　]+")
_LEADS = re.compile(r"^(?P<a>司会者?|進行役?|モデレーター|ファシリテーター|議長|座長)(?:[\s　]{2,}|　)(?=\S)")
"""Who leads a discussion, parted from what is said by a space."""
_SPACED = re.compile(rf"^(?P<a>{_NAME})(?:[(（][^()（）]{{1,14}}[)）])?[\u3000]+(?=\S)(?!{_NAME}[\s\u3000:：])")
"""A name parted from what is said by a wide space: only one that says who it is (記者, 頭取)."""
_IN_QUOTES = re.compile(rf"^(?P<a>{_NAME})[\s　]*[「『](?=.*[」』]$)")
_POSTED = re.compile(
    rf"^[0-9]{{1,4}}[\s　]*[:：.][\s　]*(?P<a>{_NAME})[\s　]*[:：][\s　]*[0-9]{{4}}[/-][0-9]{{1,2}}[/-][0-9]{{1,2}}[^ぁ-んァ-ヶ]{{0,30}}"
)
"""The head of a post in a log: `2 ：name：2025/09/01(月) 12:30`."""
_REACTION = re.compile(r"^[(（\[]?[^\w\s]{1,3}[\s　]*[0-9]+[)）\]]?$|^(?:[:：][a-z0-9_+-]+[:：][\s　]*[0-9]*)+$")
_STAMP = re.compile(
    rf"^(?:[\s　・|]*(?:[\[(（]?{_CLOCK}[\])）]?|既読(?:[\s　]*[0-9]+)?|未読|送信済み?|今日|昨日|午前|午後))+$"
)
_NO_VOICE = re.compile(
    r"^(?:例|注|参考|補足|備考|電話|住所|日時|場所|期間|対象|時間|料金|費用|金額|手数料|条件|方法|内容|項目|区分|種類|目的|問い?合わせ|連絡|担当者?|メール|名称|資料|出典|ただし|なお|件名|宛先|差出人|送信|日付|TEL|FAX|URL|https?|主催|定員|単位|方式|理由|ポイント|結論|[ア-ンA-Z一-龠]$)",
    re.IGNORECASE,
)
_ACKNOWLEDGES = re.compile(
    r"^(?:はい|ええ|うん|いえ|いいえ|どうも|ありがとう|有(?:り)?難う|わかりました|分かりました|了解|承知|なるほど|お願いし|よろしく|こんにちは|こんばんは|おはよう|はじめまして|初めまして|助かりま|安心しま|やってみ|試してみ|失礼|それは(?:よかった|安心|助かり)|へえ|そうなん|そうです|大丈夫です|理解しました|すみません|以上です)"
)
_NUMBERED_NAME = re.compile(r"(?<=.)[\s　]*(?:[0-9０-９]{1,3}|[A-ZＡ-Ｚ]|[一二三四五六七八九十])$")
_SENTENCES = re.compile(r"(?<=[。．？?！!])")


@dataclass
class _Turn:
    voice: str
    blocks: list[Block]
    node: Any = field(default=None)
    day: str = ""
    """When it was said, where the line says so: what is said another day is another turn."""

    @property
    def text(self) -> str:
        return "".join(block.text for block in self.blocks)


def by_turns(page: Page) -> list[list[Question]]:
    """What the voices of each kind of turns (names, bubbles) ask, with what is told to it."""
    main = [block for block in page.main() if not block.foreign and not is_furniture(block.text)]
    told = any(CONVERSES.search(name) for name in (page.title, page.opening, *(b.text for b in main if b.heading)))
    told = told or sum(_heads_a_post(b.text) for b in main) >= 2 * FEWEST_ASKED
    named = _by_names(main)
    _end_last(page, named)
    found = [_asked_and_told(turns, known=told) for turns in (named, *_by_elements(page))]
    found.append(_by_headings(main))
    return [questions for questions in found if len(questions) >= FEWEST_ASKED]


def _heads_a_post(text: str) -> bool:
    return bool(_LOGGED.match(text) or _POSTED.match(text) or CLOCKED_NAME.match(text))


def _by_headings(main: list[Block]) -> list[Question]:
    """Headings that say who speaks, one who asks and one who tells in turn (■株主A, ●議長), with what they say below."""
    turns: list[tuple[str, list[Block], Any]] = []
    for block in main:
        name = undecorated(block.text.strip()).strip(" 　")
        if block.heading and len(name) <= MAX_NAME and KNOWN_TELLS.search(name) and "？" not in name:
            turns.append(("tells", [], block.node))
        elif block.heading and len(name) <= MAX_NAME and KNOWN_ASKS.search(name):
            turns.append(("asks", [], block.node))
        elif block.heading:
            turns.append(("", [], block.node))
        elif turns:
            turns[-1][1].append(block)
    spoken = [kind for kind, _, _ in turns if kind]
    if spoken.count("asks") < FEWEST_ASKED or any(one == two for one, two in pairwise(spoken)):
        return []
    return [
        Question(asked, node, told)
        for (kind, asked, node), (following, told, _) in pairwise(turns)
        if (kind, following) == ("asks", "tells") and asked and told
    ]


def _end_last(page: Page, turns: list[_Turn]) -> None:
    """The last turn ends with its element where every other one does."""
    spoken = [turn for turn in turns if turn.blocks and turn.node is not None]
    if len(spoken) < 2 * FEWEST_ASKED:
        return
    chains = [[*reversed(list(turn.node.iterancestors())), turn.node] for turn in spoken]
    depth = min(
        sum(1 for _ in takewhile(lambda two: two[0] is two[1], zip(one, other, strict=False)))
        for one, other in pairwise(chains)
    )
    if any(len(chain) <= depth for chain in chains):
        return
    ends = [page.range_of(chain[depth])[1] for chain in chains]
    if all(turn.blocks[-1].index < end for turn, end in zip(spoken[:-1], ends[:-1], strict=True)):
        last = spoken[-1]
        last.blocks = [block for block in last.blocks if block.index < ends[-1]] or last.blocks


def _by_names(main: list[Block]) -> list[_Turn]:
    """Turns that begin with a name; lines without one go on with the turn before them."""
    named = [_name(block, following) for block, following in zip(main, [*main[1:], None], strict=False)]
    counts = Counter(name for name, _ in named if name)
    headed = sum(bool(block.head) for block in main) >= 2 * FEWEST_ASKED
    turns: list[_Turn] = []
    for block, (name, end) in zip(main, named, strict=True):
        known = bool(KNOWN_ASKS.search(name) or KNOWN_TELLS.search(name)) if name else False
        known = known or (bool(name) and _heads_a_post(block.text))
        if name and (counts[name] > 1 or known or (headed and block.head and block.text.startswith(block.head))):
            rest = block.text[end:].strip(" 　").lstrip(":：").lstrip(" 　")
            rest = rest[:-1] if block.text[end - 1 : end] in ("「", "『") else rest
            said = [replace(block, text=rest, lead="", alt="", mark="", cell=None)] if rest else []
            day = _day(block.text[:end])
            if turns and turns[-1].voice == name and (not day or day == turns[-1].day):
                turns[-1].blocks.extend(said)
            else:
                turns.append(_Turn(name, said, block.node, day))
        elif turns and not block.heading and not _STAMP.match(block.text.strip()) and not _REACTION.match(block.text):
            turns[-1].blocks.append(block if block.cell is None else replace(block, cell=None))
        elif block.heading:
            turns.append(_Turn("", []))
    return turns


def _day(head: str) -> str:
    found = re.search(r"[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2}", head)
    return found[0] if found else ""


def _name(block: Block, following: Block | None) -> tuple[str, int]:
    """The name a block begins with and where its text goes on; ("", 0) without one."""
    text = block.text
    if block.href is not None or block.heading or block.qa_mark is not None:
        return "", 0
    if CLOCKED_NAME.match(text):
        return _BEFORE_CLOCK.sub("", text), len(text)
    for pattern in (_POSTED, _LOGGED, _SAID, _LEADS, _SIGNED, _CLOCKED, _IN_QUOTES):
        found = pattern.match(text)
        if found:
            name = next(value for value in found.groupdict().values() if value).strip(" 　\t:：")
            if name and not _NO_VOICE.match(name) and question_likeness(name) < 1.0:
                return _NUMBERED_NAME.sub("", name), found.end()
    if (found := _SPACED.match(text)) and (KNOWN_ASKS.search(found["a"]) or KNOWN_TELLS.search(found["a"])):
        return _NUMBERED_NAME.sub("", found["a"]), found.end()
    for lead in (block.head, block.lead):
        name = lead.strip(" 　:：")
        if len(name) >= 2 and text.startswith(lead) and not _NO_VOICE.match(name) and question_likeness(name) < 1:
            return _NUMBERED_NAME.sub("", name), len(lead)
    if block.alt and text and len(block.alt) <= MAX_NAME:
        return block.alt, 0
    bare = text.strip(" 　:：")
    if (
        block.cell is not None
        and block.cell[1] > 0
        and (following is None or following.cell is None or following.cell[0] != block.cell[0])
    ):
        return "", 0  # the last cell of a row: whom or what the row is about
    if (
        0 < len(bare) <= MAX_NAME
        and following is not None
        and not _NO_VOICE.match(bare)
        and question_likeness(bare) < 1
    ):
        same_row = block.cell is not None and following.cell is not None and block.cell[0] == following.cell[0]
        if (same_row and block.cell is not None and block.cell[1] == 0) or (
            KNOWN_ASKS.search(bare) or KNOWN_TELLS.search(bare)
        ):
            return bare, len(text)
    if not text and block.alt and len(block.alt) <= MAX_NAME:
        return block.alt, 0
    return "", 0


_BEFORE_CLOCK = re.compile(r"[\s　]+[\[(（]?(?:[0-9]{1,4}[/月].*|(?:午前|午後)?[0-9]{1,2}[:：][0-9:：]{2,5}[\])）]?)$")


def _by_elements(page: Page) -> list[list[_Turn]]:
    """Bubbles: children of one element that two class names (or alternative texts) tell apart."""
    found: list[list[_Turn]] = []
    for parent in page.root.iter():
        if not tag_of(parent) or tag_of(parent) in ("table", "tbody", "tr", "dl", "head", "html"):
            continue
        children = [child for child in parent if tag_of(child) and page.range_of(child)[1] > page.range_of(child)[0]]
        if len(children) < 2 * FEWEST_ASKED:
            continue
        voices = [_voice_of(child) for child in children]
        common = Counter(voice for voice in voices if voice).most_common(2)
        if len(common) < 2 or common[1][1] < FEWEST_ASKED or sum(count for _, count in common) < 0.7 * len(voices):
            continue
        turns: list[_Turn] = []
        for child, voice in zip(children, voices, strict=True):
            start, end = page.range_of(child)
            blocks = [
                block
                for block in page.blocks[start:end]
                if not block.outside and not block.foreign and block.text and not _STAMP.match(block.text.strip())
            ]
            if turns and turns[-1].voice == voice:
                turns[-1].blocks.extend(blocks)
            else:
                turns.append(_Turn(voice, blocks, child))
        for voice_turns in _grouped(turns).values():
            _without_name(voice_turns)
        found.append(turns)
    return found


def _voice_of(child: Any) -> str:
    """What tells a bubble from others: its element and class names, or the picture in it."""
    pictures = [str(below.get("alt")) for below in child.iter() if tag_of(below) == "img" and below.get("alt")]
    names = " ".join(str(child.get("class") or "").split())
    return f"{tag_of(child)}.{names}.{pictures[0] if pictures else ''}" if names or pictures else ""


def _without_name(turns: list[_Turn]) -> None:
    """Without the name above every bubble of one voice."""
    firsts = Counter(turn.blocks[0].text for turn in turns if len(turn.blocks) > 1)
    for text, count in firsts.most_common(1):
        if count >= FEWEST_ASKED and len(text) <= MAX_NAME:
            for turn in turns:
                kept = [block for block in turn.blocks if block.text != text]
                turn.blocks = kept or turn.blocks


def _gives_the_floor(turn: _Turn) -> bool:
    return LEADS_THE_MEETING.match(turn.voice) is not None and len(turn.text) <= MAX_CALL


MAX_CALL = 20
LEADS_THE_MEETING = re.compile(r"^(?:[一-龠々]{0,4})(?:議長|委員長|座長|部会長|司会者?|進行役?)(?:$|[（(])")
"""Who gives others the floor: what he says stands between question and answer."""


def _grouped(turns: list[_Turn]) -> dict[str, list[_Turn]]:
    voices: dict[str, list[_Turn]] = {}
    for turn in turns:
        voices.setdefault(turn.voice, []).append(turn)
    return voices


_DEMANDS = re.compile(r"(?:求め|問い|ただし|示され|説明され)(?:る|ます|たい)[。．]?$")


def _asks(text: str) -> bool:
    if _DEMANDS.search(text):
        return True
    return any(question_likeness(part) >= 1.0 for part in _SENTENCES.split(text) if part.strip())


def _ends_asking(text: str) -> bool:
    parts = [part for part in _SENTENCES.split(text) if part.strip()]
    return bool(parts) and question_likeness(parts[-1]) >= 1.0


def _all_but_one(voices: dict[str, list[_Turn]]) -> set[str]:
    """Many ask once each, and one answers them all."""
    often = max(voices, key=lambda voice: len(voices[voice]))
    others = {voice for voice in voices if voice and voice != often}
    turns = [turn for voice in others for turn in voices[voice] if turn.blocks]
    asking = sum(_asks(turn.text) for turn in turns)
    return others if asking >= FEWEST_ASKED and asking >= ASKS * len(turns) else set()


def _ask_once(turns: list[_Turn], askers: set[str]) -> set[str]:
    """Voices that only ask, and are answered by those who answer the ones that ask often."""
    told = {two.voice for one, two in pairwise(turns) if one.voice in askers and two.voice not in askers}
    found: set[str] = set()
    for voice, spoken in _grouped(turns).items():
        if (
            voice
            and voice not in askers | told
            and not KNOWN_TELLS.search(voice)
            and all(_asks(turn.text) for turn in spoken)
        ):
            answered = [two.voice for one, two in pairwise(turns) if one.voice == voice]
            if answered and all(other in told for other in answered):
                found.add(voice)
    return found


def _asked_and_told(turns: list[_Turn], *, known: bool) -> list[Question]:
    """known: the page says that somebody asks and is answered; else one of the voices must be called so (a play has two, too)."""
    voices = _grouped(turns)
    if len(voices) < 2:
        return []
    askers: set[str] = set()
    for voice, spoken in voices.items():
        matter = [turn for turn in spoken if turn.blocks and not _ACKNOWLEDGES.match(turn.text)]
        asking = sum(_asks(turn.text) for turn in matter)
        if not voice or KNOWN_TELLS.search(voice) or not matter:
            continue
        least = KNOWN_ASK if KNOWN_ASKS.search(voice) else ASKS
        if asking >= least * len(matter) and (asking >= FEWEST_ASKED or KNOWN_ASKS.search(voice)):
            askers.add(voice)
    if not askers:
        askers = _all_but_one(voices)
    turns = [turn for turn in turns if turn.voice in askers or not _gives_the_floor(turn)]
    following = Counter(
        later.voice for earlier, later in pairwise(turns) if earlier.voice in askers and later.voice not in askers
    )
    askers |= _ask_once(turns, askers)
    tellers = {
        voice
        for voice in following
        if voice and sum(_ends_asking(turn.text) for turn in voices[voice]) <= TELLS * len(voices[voice])
    }
    if not known and not any(map(KNOWN_ASKS.search, askers)) and not any(map(KNOWN_TELLS.search, tellers)):
        return []
    found: list[Question] = []
    for earlier, later in pairwise(turns):
        if earlier.voice not in askers or later.voice not in tellers or not earlier.blocks or not later.blocks:
            continue
        asked = _asks(earlier.text) or earlier.text.rstrip().endswith(("？", "?"))
        if not asked and (_ACKNOWLEDGES.match(earlier.text) or len(earlier.text) < 8):
            continue
        found.append(Question(earlier.blocks, earlier.node, later.blocks))
    asked = sum(_asks("".join(block.text for block in item.blocks)) for item in found)
    return found if asked >= ASKS * len(found) else []
