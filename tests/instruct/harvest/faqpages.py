"""FAQ pages in every shape real sites use, with their dirt, and how well pairs found agree with pairs meant."""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

Pair = tuple[str, str]


class Topic(NamedTuple):
    name: str
    pairs: list[Pair]


TOPICS = [
    Topic(
        "制度のしくみ",
        [
            ("つみたて投資枠とは何ですか。", "<p>長期の積立に向いた投資信託だけを対象とする枠です。</p>"),
            ("年間でいくらまで投資できますか。", "<p>合計で360万円です。</p><ul><li>つみたて投資枠 120万円</li><li>成長投資枠 240万円</li></ul>"),
            ("非課税で保有できる期間に制限はありますか。", "<p>ありません。</p><p>以前の制度で買ったものには期限があります。</p>"),
            ("複数の金融機関で口座を持つことはできますか。", "<p>一人につき一つの金融機関に限ります。ただし、年ごとに変更できます。</p>"),
        ],
    ),
    Topic(
        "手続き",
        [
            ("口座を開くには何が必要でしょうか。", "<ol><li>本人確認書類</li><li>個人番号が分かる書類<ul><li>通知カード</li><li>個人番号カード</li></ul></li></ol>"),
            ("開設までどのくらいかかりますか？", "<p>税務署の確認を含めて、1週間から2週間程度かかります。</p>"),
            ("売却した枠はいつ復活しますか？", "<p>売却した翌年に、<strong>取得価額</strong>の分だけ再び使えます。</p>"),
            ("海外に転勤するときはどうすればよいですか。", "<p>出国の前に届け出てください。5年以内であれば保有を続けられる場合があります。</p>"),
        ],
    ),
    Topic(
        "税金",
        [
            ("損失が出たときに損益通算はできますか。", "<p>できません。</p>"),
            ("配当金を非課税で受け取る条件を教えてください。", "<p>株式数比例配分方式を選んでください。</p><table><tr><th>受取方法</th><th>課税</th></tr><tr><td>株式数比例配分方式</td><td>非課税</td></tr><tr><td>その他</td><td>課税</td></tr></table>"),
            ("確定申告は必要ですか。", "<p>非課税口座の中の利益については不要です。</p>"),
            ("<ruby>贈与<rp>（</rp><rt>ぞうよ</rt><rp>）</rp></ruby>された株式を移せますか。", "<p>移すことはできません。課税口座で受け入れてください。</p>"),
        ],
    ),
]  # fmt: skip
NO_RUBY = re.compile(r"<rt>.*?</rt>|<rp>.*?</rp>", re.DOTALL)


def plain(source: str) -> str:
    """What a reader sees of a piece of HTML, without white space, marks and punctuation."""
    text = html.unescape(re.sub(r"<[^>]+>", "", NO_RUBY.sub("", source)))
    return bare(text)


def bare(text: str) -> str:
    """Text as pairs are compared: NFKC, without white space, list marks and cell separators."""
    text = re.sub(r"(?m)^\s*(?:・|\d+\. )", "", text)
    return re.sub(r"[\s・|]+", "", unicodedata.normalize("NFKC", text))


def meant(topics: Sequence[Topic] = TOPICS) -> list[Pair]:
    return [(plain(question), plain(answer)) for topic in topics for question, answer in topic.pairs]


def numbered(join: Callable[[int, str, str], str], head: Callable[[str], str] = lambda name: f"<h2>{name}</h2>") -> str:
    """All pairs through `join(number, question, answer)`, each topic under its heading; numbers restart per topic."""
    parts: list[str] = []
    for topic in TOPICS:
        parts.append(head(topic.name))
        parts += [join(number, *pair) for number, pair in enumerate(topic.pairs, 1)]
    return "\n".join(parts)


def through_topics(begin: str, join: Callable[[int, str, str], str], end: str) -> str:
    count = 0
    parts: list[str] = []
    for topic in TOPICS:
        parts.append(f"<h2>{topic.name}</h2>{begin}")
        for pair in topic.pairs:
            count += 1
            parts.append(join(count, *pair))
        parts.append(end)
    return "\n".join(parts)


def unwrapped(answer: str) -> str:
    """An answer for places where <p> may not stand."""
    return answer.removeprefix("<p>").removesuffix("</p>").replace("</p><p>", "<br>")


def json_ld() -> str:
    entities = [
        {"@type": "Question", "name": NO_RUBY.sub("", question), "acceptedAnswer": {"@type": "Answer", "text": answer}}
        for topic in TOPICS
        for question, answer in topic.pairs
    ]
    value = {"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": entities}
    return (
        f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script><p>制度のご案内です。</p>'
    )


def anchors(repeat: bool) -> str:
    index, body, count = ["<ul>"], [], 0
    for topic in TOPICS:
        for question, answer in topic.pairs:
            count += 1
            index.append(f'<li><a href="#q{count}">{question}</a></li>')
            title = f'<h3 id="q{count}">{question}</h3>' if repeat else f'<a name="q{count}"></a>'
            body.append(f'<div>{title}{answer}<p><a href="#top">質問一覧へ戻る</a></p></div>')
    return "\n".join([*index, "</ul>", *body])


def rowspan_table() -> str:
    rows = ["<table><tr><th>区分</th><th>質問</th><th>回答</th></tr>"]
    for topic in TOPICS:
        for number, (question, answer) in enumerate(topic.pairs):
            head = f'<td rowspan="{len(topic.pairs)}">{topic.name}</td>' if number == 0 else ""
            told = answer if "<table" not in answer else "<p>株式数比例配分方式を選んでください。</p>"
            rows.append(f"<tr>{head}<td>{question}</td><td>{told}</td></tr>")
    return "\n".join([*rows, "</table>"])


SHAPES: dict[str, str] = {
    "dl": through_topics("<dl>", lambda n, q, a: f"<dt>{q}</dt><dd>{a}</dd>", "</dl>"),
    "dl with marks": through_topics("<dl>", lambda n, q, a: f"<dt>Q{n}. {q}</dt><dd>A{n}. {unwrapped(a)}</dd>", "</dl>"),
    "dl each": numbered(lambda n, q, a: f'<div class="item"><dl><dt><span>Q</span>{q}</dt><dd><span>A</span>{a}</dd></dl></div>'),
    "details": numbered(lambda n, q, a: f"<details><summary>{q}</summary>{a}</details>"),
    "button and hidden panel": numbered(
        lambda n, q, a: f'<div class="acc"><button type="button" aria-expanded="false">{q}</button><div class="panel" hidden>{a}</div></div>'
    ),
    "heading with button": numbered(
        lambda n, q, a: f'<h3><button aria-controls="p{abs(hash(q)) if False else q[:3]}{n}">{q}</button></h3><div style="display:none" id="p{q[:3]}{n}">{a}</div>'
    ),
    "checkbox and label": numbered(
        lambda n, q, a: f'<input type="checkbox" id="c{q[:4]}"><label for="c{q[:4]}">{q}</label><div class="hide">{a}</div>'
    ),
    "link toggle": numbered(
        lambda n, q, a: f'<li><a href="javascript:void(0)" class="js-toggle">{q}</a><div style="display:none">{a}</div></li>'
    ),
    "table of two columns": through_topics("<table>", lambda n, q, a: f"<tr><th>{q}</th><td>{a}</td></tr>", "</table>").replace(
        "<table><tr><th>受取方法</th><th>課税</th></tr><tr><td>株式数比例配分方式</td><td>非課税</td></tr><tr><td>その他</td><td>課税</td></tr></table>",
        "受取方法により課税が異なります。",
    ),
    "table of rows with marks": through_topics(
        "<table>", lambda n, q, a: f"<tr><td>Q{n}</td><td>{q}</td></tr><tr><td>A{n}</td><td>{unwrapped(a)}</td></tr>", "</table>"
    ),
    "headings": numbered(lambda n, q, a: f"<h3>{q}</h3>{a}"),
    "numbered headings": numbered(lambda n, q, a: f"<h4>{n}．{q}</h4>{a}"),
    "headings with marks": numbered(lambda n, q, a: f"<h3>Q{n}：{q}</h3><p>A{n}：</p>{a}"),
    "paragraphs with marks": numbered(lambda n, q, a: f"<p>Q{n}. {q}</p><p>A{n}. {unwrapped(a)}</p>"),
    "marks in wide letters": numbered(lambda n, q, a: f"<p>Ｑ{n}　{q}</p><p>Ａ{n}　{unwrapped(a)}</p>"),
    "marks and line breaks": numbered(lambda n, q, a: f"<p>Q{n}. {q}<br>A{n}. {unwrapped(a)}</p>"),
    "glued marks": numbered(lambda n, q, a: f"<div><p>Q{n}{q}</p><p>A{n}{unwrapped(a)}</p></div>"),
    "marks in boxes": numbered(
        lambda n, q, a: f'<div class="x"><div><span class="i">Q</span><span>{q}</span></div><div><span class="i">A</span><div>{a}</div></div></div>'
    ),
    "問 and 答": numbered(lambda n, q, a: f"<p>問{n}　{q}</p><p>答　{unwrapped(a)}</p>"),
    "（問）（答）": numbered(lambda n, q, a: f"<p>（問{n}）{q}</p><p>（答）{unwrapped(a)}</p>"),
    "【質問】【回答】": numbered(lambda n, q, a: f"<p>【質問】{q}</p><p>【回答】{unwrapped(a)}</p>"),
    "image marks": numbered(
        lambda n, q, a: f'<p><img src="q.gif" alt="質問">{q}</p><div><img src="a.gif" alt="回答">{unwrapped(a)}</div>'
    ),
    "bold questions": numbered(lambda n, q, a: f"<p><strong>{q}</strong></p>{a}"),
    "coloured questions": numbered(lambda n, q, a: f'<font color="blue">{q}</font><br>{unwrapped(a)}<br><br>'),
    "class names": numbered(
        lambda n, q, a: f'<div class="faq-item"><div class="faq-item__question">{q}</div><div class="faq-item__answer">{a}</div></div>'
    ),
    "camel class names": numbered(lambda n, q, a: f'<li><p class="faqQ">{q}</p><div class="faqA">{a}</div></li>'),
    "microdata": numbered(
        lambda n, q, a: f'<div itemscope itemtype="https://schema.org/Question"><h3 itemprop="name">{q}</h3><div itemprop="acceptedAnswer" itemscope itemtype="https://schema.org/Answer"><div itemprop="text">{a}</div></div></div>'
    ),
    "press conference": numbered(lambda n, q, a: f"<p>問）{q}</p><p>答）{unwrapped(a)}</p>", lambda name: ""),
    "speakers": numbered(lambda n, q, a: f"<p>【記者】{q}</p><p>【大臣】{unwrapped(a)}</p>", lambda name: ""),
    "json-ld": json_ld(),
    "anchors with questions": anchors(repeat=True),
    "anchors without questions": anchors(repeat=False),
}  # fmt: skip

PLAIN_FLOW = numbered(lambda n, q, a: f"<p>{q}</p>{a}")

NAVIGATION = (
    '<div id="header"><a href="/">架空庁</a><ul class="gnav"><li><a href="/a">お知らせ</a></li><li><a href="/b">統計</a></li>'
    '<li><a href="/c">申請はどこから？</a></li></ul></div><div class="breadcrumb">ホーム &gt; 投資 &gt; よくある質問</div>'
)
FOOTER = '<p class="totop"><a href="#top">ページの先頭へ</a></p><div id="footer"><a href="/s">サイトマップ</a><p>架空庁 〒000-0000</p></div>'


def page(body: str, *, title: str = "よくある質問", charset: str = "utf-8", dirt: bool = False) -> str:
    """A whole page around a body; `dirt`: unclosed elements, upper case, stray end tags, scripts, comments."""
    if dirt:
        body = re.sub(r"</(p|li|dd|dt|td|th|tr)>", "", body)
        body = (
            body.replace("<h2>", "<H2>").replace("<h3>", "<H3 CLASS=q>").replace("</div></div>", "</div></span></div>")
        )
        body = f"<!-- 本文 --><script>var q='Q1. なぜですか。';</script>{body}</b></center>"
    return (
        f'<html lang="ja"><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>{title}</title>'
        f"<style>.x{{color:red}}</style></head><body>{NAVIGATION}<div class=contents><h1>{title}</h1>{body}</div>{FOOTER}</body></html>"
    )


MARKED = re.compile(r"⟪(q|a|a\+)⟫(.*?)⟪/\1⟫", re.DOTALL)


def marked_pairs(source: str) -> list[Pair]:
    """The pairs marked by hand in a page kept aside."""
    questions: list[str] = []
    answers: list[str] = []
    for kind, text in MARKED.findall(source):
        if kind == "q":
            questions.append(plain(text))
        elif kind == "a":
            answers.append(plain(text))
        else:
            answers[-1] += plain(text)
    # An index names all questions first; the answers follow in the same order.
    return list(zip(questions, answers, strict=True))


def unmarked(source: str) -> str:
    return re.sub(r"⟪/?(?:q|a|a\+)⟫", "", source)


class Score(NamedTuple):
    wanted: int
    found: int
    questions: int
    pairs: int

    @property
    def recall(self) -> float:
        return self.questions / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        return self.questions / self.found if self.found else 1.0


def compare(found: Sequence[Pair], wanted: Sequence[Pair]) -> Score:
    """How many wanted questions were found, and how many of them with exactly their answer (white space aside)."""
    have = {bare(question): bare(answer) for question, answer in found}
    questions = [pair for pair in wanted if pair[0] in have]
    return Score(
        len(wanted), len(found), len(questions), sum(have[question] == answer for question, answer in questions)
    )
