"""The pack's page that says which of its files speak to which principle of the FSA's "Principles for Model Risk Management" (2021).

A draft for the user's own lawyers and model-risk office: it maps files, it never says that a principle is met. Each principle names what the
pack cannot hold, because it is a decision or a record of the house.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatch

from tekio.errors import Text

PAGE = "model-risk.md"


@dataclass(frozen=True)
class Principle:
    """One of the eight principles: its heading, patterns of the pack's files that speak to it, and what only the house can add."""

    number: int
    name: Text
    files: tuple[str, ...]
    own: Text


PRINCIPLES = (
    Principle(
        1,
        Text("Governance", "ガバナンス"),
        ("report/report.html", "recipe.json"),
        Text(
            "Roles, policies and the board's oversight. The report names purpose, person and base, and has lines to sign; nobody has signed them here.",
            "役割分担、規程、取締役会等による監督。レポートには目的・実施者・基盤モデルと署名欄がありますが、この一式の中では誰も署名していません。",
        ),
    ),
    Principle(
        2,
        Text("Identification, inventory and risk rating", "モデルの特定・インベントリー管理及びリスク格付"),
        ("report/model_card.md", "recipe.json", "chain.jsonl"),
        Text(
            "The entry in your own inventory of models and the risk rating. Tekio rates no risk.",
            "社内インベントリーへの登録とリスク格付。Tekio はリスク格付をしません。",
        ),
    ),
    Principle(
        3,
        Text("Model development", "モデル開発"),
        (
            "recipe.json",
            "stages/corpus/*",
            "stages/study/*",
            "stages/base/*",
            "stages/pretrain/*",
            "stages/instruct/*",
            "stages/residual/*",
            "stages/tune/*",
            "stages/prefer/*",
            "stages/sweep/*",
        ),
        Text(
            "Why this purpose, these data and this method were chosen, and the data's fitness as the business sees it.",
            "目的・データ・手法を選んだ理由と、業務から見たデータの適切さ。",
        ),
    ),
    Principle(
        4,
        Text("Model approval", "モデル承認"),
        ("report/report.html", "report/summary.json"),
        Text(
            "The approval itself, its conditions and exceptions. The report says what must not be done; it approves nothing.",
            "承認そのもの、条件、例外の取扱い。レポートは「してはいけないこと」を示しますが、承認はしません。",
        ),
    ),
    Principle(
        5,
        Text("Ongoing monitoring", "継続モニタリング"),
        ("stages/evaluate/results.json", "report/summary.json"),
        Text(
            "Monitoring in use. The files are the state before use, to compare with; Tekio watches no model in production.",
            "利用開始後の監視。ファイルは比較の起点となる利用前の状態です。Tekio は本番のモデルを監視しません。",
        ),
    ),
    Principle(
        6,
        Text("Model validation", "モデル検証"),
        (
            "stages/evaluate/*",
            "stages/exam/*",
            "stages/compare/*",
            "stages/judged/*",
            "verification.json",
            "report/report.html",
        ),
        Text(
            "Validation by people independent of development. The tests here ran with the development.",
            "開発から独立した検証。ここにある評価は開発と同じ実行の中で行われたものです。",
        ),
    ),
    Principle(
        7,
        Text("Vendor models and external resources", "ベンダー・モデル及び外部リソースの活用"),
        ("stages/base/*", "sbom.cdx.json", "recipe.json", "report/model_card.md"),
        Text(
            "The maker's documents of the base model, contracts, and how its risks are watched.",
            "基盤モデルの提供元の資料、契約、提供元に由来するリスクの管理。",
        ),
    ),
    Principle(
        8,
        Text("Internal audit", "内部監査"),
        ("chain.jsonl", "verification.json", "SHA256SUMS", "README.txt"),
        Text(
            "The audit's plan and findings. `tekio evidence FILE.zip` checks the pack again.",
            "監査の計画と指摘事項。この一式は `tekio evidence FILE.zip` で再検査できます。",
        ),
    ),
)

_HEAD = """# Model risk: which file speaks to which principle / モデル・リスク管理: 原則とファイルの対応

**DRAFT for your own lawyers and model-risk office. Not legal advice, not a statement of compliance, not checked by a lawyer.**
**貴社の法務・モデルリスク管理部門が検討するための草案です。法的助言でも、原則への適合の表明でもなく、弁護士の確認も受けていません。**

Headings: FSA Japan, "Principles for Model Risk Management" (November 2021); the notes are Tekio's own. Read the original; whether it applies to you, and what it asks, is for you to decide.
見出しは金融庁「モデル・リスク管理に関する原則」（2021 年 11 月）によります。説明は Tekio によるものです。適用の有無と求められる内容は、必ず原文でご確認ください。
"""


def model_risk_page(names: Collection[str]) -> str:
    """The page for a pack with the files `names`: only files that are there are named."""
    lines = [_HEAD]
    for principle in PRINCIPLES:
        lines.append(f"## {principle.number}. {principle.name.ja} / {principle.name.en}\n")
        found = files_of(principle, names)
        lines += [f"- `{name}`" for name in found] or [
            "- この一式には該当するファイルがありません。 / No file of this pack speaks to it."
        ]
        lines.append(f"\n貴社で補うもの: {principle.own.ja}\n\nYours to add: {principle.own.en}\n")
    return "\n".join(lines)


def files_of(principle: Principle, names: Collection[str]) -> list[str]:
    """The files among `names` that speak to a principle, in the order of its patterns."""
    found = [name for pattern in principle.files for name in sorted(names) if fnmatch(name, pattern)]
    return list(dict.fromkeys(found))
