"""Questions and answers in hard-wrapped text and in PDF files."""

import io

import pytest
from reportlab.lib.pagesizes import A5
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from instruct.harvest.faqpages import bare
from tekio.instruct.harvest.files import harvest_bytes
from tekio.text.unreadable import UnreadableError

PAIRS = [
    ("金融機関が破綻した場合、預金はどのように保護されるのでしょうか。", "一つの金融機関について、預金者一人当たり、元本1,000万円までとその利息等が保護されます。"),
    ("外貨預金は保護の対象になりますか。", "対象になりません。次のものも同様です。\n・譲渡性預金\n・元本補てん契約のない金銭信託"),
    ("同じ金融機関に複数の口座がある場合はどうなりますか。", "合算した上で保護の範囲が決まります。これを名寄せといいます。"),
    ("決済用預金とは何ですか。", "利息が付かず、いつでも払戻しができ、決済サービスを提供できる預金で、全額が保護されます。"),
]  # fmt: skip


def wrapped(width=20) -> list[str]:
    """The pairs as a clerk would print them: marks in parentheses, lines cut at a width, hanging indentation."""
    lines = ["　　　預金保険に関する質疑応答集", "", "第１　保護の範囲"]
    for number, (question, answer) in enumerate(PAIRS, 1):
        if number == 3:
            lines += ["第２　その他"]
        for mark, text in ((f"（問{number}）", question), ("（答）", answer)):
            for count, part in enumerate(text.split("\n")):
                whole = (mark if count == 0 else "") + part
                lines += [
                    ("" if at == 0 and count == 0 else "　") + whole[at : at + width]
                    for at in range(0, len(whole), width)
                ]
        lines.append("")
    return lines


def agree(result):
    assert [(bare(pair.question), bare(pair.answer)) for pair in result.pairs] == [(bare(q), bare(a)) for q, a in PAIRS]
    left = sum(len("".join(item.text.split())) for item in result.remainder)
    assert result.pair_characters + left == result.main_characters


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_hard_wrapped_text_is_rejoined_and_paired(encoding):
    lines = wrapped()
    lines.insert(12, "                    - 1 -")
    result = harvest_bytes("\r\n".join(lines).encode(encoding), ".txt")
    agree(result)
    assert [pair.topic for pair in result.pairs] == ["第１　保護の範囲"] * 2 + ["第２　その他"] * 2
    assert result.outside_characters == 3


def pdf() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A5)
    lines = wrapped()
    for number, start in enumerate(range(0, len(lines), 7), 1):
        canvas.setFont("HeiseiMin-W3", 10)
        canvas.drawString(40, 560, "預金保険質疑応答集（令和7年4月）")
        for row, line in enumerate(lines[start : start + 7]):
            canvas.drawString(40 + 10 * (len(line) - len(line.lstrip("　"))), 530 - 18 * row, line.strip("　"))
        canvas.drawString(200, 20, f"- {number} -")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_a_pdf_of_questions_is_paired_across_pages():
    agree(harvest_bytes(pdf(), ".pdf"))


def test_a_damaged_pdf_is_one_clear_refusal():
    with pytest.raises(UnreadableError, match="bad_pdf"):
        harvest_bytes(b"%PDF-1.7\n" + b"\x00garbage" * 50, ".pdf")


def test_text_without_questions_yields_nothing():
    text = "架空株式会社は、2025年3月期の決算を\n発表した。売上高は前の期に比べて\n3％増えた。\n" * 3
    result = harvest_bytes(text.encode(), ".txt")
    assert result.pairs == []
    assert result.main_characters == len("".join(text.split()))


@pytest.mark.parametrize("turn", ["\n\f", "\n\n- 1 -\n\f\n銀行のご案内\n\n", "\n\n                - 1 -\n\n"])
def test_an_answer_goes_on_over_the_end_of_a_page_whatever_stands_between(turn: str):
    head, feed = ("銀行のご案内\n\n", "\f") if "\f" in turn else ("", "")
    text = (
        f"{head}問１　口座はどこで開けますか。\n答　　全国の支店で開けます。アプリからの申し込みには、本人確認書{turn}"
        "類の画像が必要です。\n問２　手数料はかかりますか。\n答　　かかりません。\n"
        f"\n- 2 -\n{feed}{head}問３　解約はできますか。\n答　　いつでもできます。\n"
    )
    page = harvest_bytes(text.encode("cp932"), ".txt")
    assert [(pair.question, pair.answer) for pair in page.pairs] == [
        ("口座はどこで開けますか。", "全国の支店で開けます。アプリからの申し込みには、本人確認書類の画像が必要です。"),
        ("手数料はかかりますか。", "かかりません。"),
        ("解約はできますか。", "いつでもできます。"),
    ]


def test_a_title_in_brackets_behind_the_last_answer_ends_it_as_it_ends_the_others():
    entry = "（事例{n}）記念品\n\n【照会要旨】\n　勤続{n}年の従業員に贈ります。\n　課税されますか。\n\n【回答要旨】\n　{n}年以内に使うときは課税しません。\n\n【関係法令通達】\n　所得税基本通達36-{n}\n"
    result = harvest_bytes("\n".join(entry.format(n=n) for n in (1, 2, 3)).encode(), ".txt")
    assert [pair.answer for pair in result.pairs] == [f"{n}年以内に使うときは課税しません。" for n in (1, 2, 3)]
