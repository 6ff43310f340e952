"""A finished corpus of our own laws, filings and answers, with held-out ones."""

# pyright: standard

from pathlib import Path

from tekio.documents import Document, to_table, write_table

NAMES = [
    "青空",
    "朝日野",
    "海山",
    "川辺",
    "北風",
    "東雲",
    "西浜",
    "南野",
    "森川",
    "若葉",
    "大原",
    "小笠",
    "高畑",
    "竹之内",
]


def law(number: int) -> str:
    days = 10 + number
    return (
        f"{NAMES[number]}信託事業法施行規則\n"
        f"（定義）\n第一条　この規則において「{NAMES[number]}受託業務」とは、{NAMES[number]}信託事業法に規定する業務であって、信託財産の管理を行うものをいう。\n"
        f"（届出）\n第二条　信託受託者は、業務を開始した日から{days}日以内に、その旨を記載した届出書を提出しなければならない。\n"
        f"2　信託監督委員は、前項の届出書を{5 + number}年間、主たる事務所に備え置かなければならない。\n"
        f"（報告）\n第三条　代表取締役は、毎事業年度経過後{2 + number % 7}か月以内に、第二条の規定による届出に係る報告書を作成しなければならない。\n"
        f"第四条　信託受益者は、報告書の写しを{number + 3}通まで請求することができる。\n"
        f"附　則\n第一条　この規則は、平成{10 + number}年{1 + number % 12}月{1 + number}日から施行する。\n"
        f"第二条　従前の許可は、平成{11 + number}年{1 + number % 12}月{1 + number}日までなお効力を有する。"
    )


def filing(number: int) -> str:
    base = 1000 + 137 * number
    rows = [
        f"{name} | 前期（百万円）: {base + 50 * place:,} | 当期（百万円）: {base + 50 * place + 7 * (number + 2):,}"
        for place, name in enumerate(["売上高", "売上原価", "営業利益", "経常利益", "純資産額"])
    ]
    return f"{NAMES[number]}商事の経営指標\n" + "\n".join(rows)


def answer(number: int) -> str:
    ends = ["できます", "できません"][number % 2]
    return (
        f"【照会要旨】\n{NAMES[number]}の機械を{20 + number}万円で修理しました。この費用は修繕費とすることができますか。\n"
        f"【回答要旨】\n照会の費用は、{NAMES[number]}の修繕費として損金の額に算入することが{ends}。"
    )


def documents(numbers: range) -> list[Document]:
    found: list[Document] = []
    for number in numbers:
        for kind, title, text in (
            ("laws", f"{NAMES[number]}信託事業法施行規則", law(number)),
            ("filings", f"{NAMES[number]}商事 経営指標", filing(number)),
            ("answers", f"{NAMES[number]}の機械の修繕費", answer(number)),
        ):
            name = f"{kind}{number}"
            found.append(Document(name, text, kind, f"u/{name}", "CC0-1.0", "finance", name, title))
    return found


def write_documents(folder: Path, train: range = range(10), held_out: range = range(10, 14)) -> Path:
    write_table(to_table(documents(train)), folder / "train" / "part-00000.parquet")
    write_table(to_table(documents(held_out)), folder / "held_out" / "part-00000.parquet")
    return folder
