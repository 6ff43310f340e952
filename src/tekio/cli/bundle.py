"""Verbs of `bundle`: the kit for a machine without a network. Of them only `make` may use one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tekio.cli import Verbs
from tekio.errors import TekioError, Text, say

if TYPE_CHECKING:
    from tekio.bundle import BundleError


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    text = verbs.text
    bundle = verbs.group(
        "bundle",
        Text("a kit for a machine without a network: make, verify, install", "閉域環境向けの一式を作成・検査・導入"),
    )
    make = bundle.add(
        "make",
        Text(
            "fetch the wheels by pip and pack them with recipe, model and data (the network is used)",
            "pip でホイールを取得し、レシピ・モデル・データとまとめる（通信します）",
        ),
        _make,
        network=True,
    )
    make.add_argument("--out", type=Path, required=True, help=text("new folder", "新しいフォルダ"))
    make.add_argument("--recipe", type=Path, help=text("a recipe to bring along", "同梱するレシピ"))
    make.add_argument(
        "--with-model", action="store_true", help=text("with the recipe's base", "レシピの基盤モデルも同梱")
    )
    make.add_argument(
        "--with-data", action="store_true", help=text("with what the recipe reads", "レシピが読むデータも同梱")
    )
    make.add_argument("--docs", type=Path, metavar="DIR", help=text("pages to bring along", "同梱する説明書のフォルダ"))
    make.add_argument(
        "--platform",
        choices=["this", "linux-x86_64", "linux-aarch64", "macos-arm64", "windows-amd64"],
        default="this",
        help=text("of the machine that installs it (default: this one's)", "導入先の種類（既定: このマシンと同じ）"),
    )
    make.add_argument(
        "--python",
        metavar="3.N",
        help=text("Python there (default: this one's)", "導入先の Python（既定: これと同じ）"),
    )
    make.add_argument(
        "--extras",
        default=None,
        help=text("parts of Tekio (default: train,pdf,web,office)", "Tekio の構成（既定: train,pdf,web,office）"),
    )
    make.add_argument(
        "--package",
        default=None,
        help=text(
            "Tekio itself: requirement, wheel or source folder", "Tekio 本体: 要件指定、ホイール、ソースのフォルダ"
        ),
    )
    make.add_argument("--constraint", type=Path, metavar="FILE", help=text("pip's constraints", "pip の制約ファイル"))
    make.add_argument(
        "--wheels",
        type=Path,
        metavar="DIR",
        help=text("take wheels from here, ask no index", "索引を使わず、このフォルダから取る"),
    )
    make.set_defaults(
        needs={"recipe": "file", "docs": "folder", "constraint": "file", "wheels": "folder"},
        reads=("recipe", "docs", "wheels"),
    )
    verify = bundle.add(
        "verify", Text("compare every file with the bundle's hashes", "全ファイルをハッシュで検査"), _verify
    )
    verify.add_argument("bundle", type=Path)
    verify.set_defaults(needs={"bundle": "folder"})
    install = bundle.add(
        "install",
        Text("verify and install into a new folder, without an index", "検査して新しいフォルダに導入（索引なし）"),
        _install,
    )
    install.add_argument("bundle", type=Path)
    install.add_argument("--out", type=Path, required=True, help=text("new folder", "新しいフォルダ"))
    install.set_defaults(needs={"bundle": "folder"}, reads=("bundle",))


def _make(arguments: argparse.Namespace) -> None:
    from tekio.bundle import BundlePlan, make_bundle

    standard = BundlePlan()
    plan = BundlePlan(
        package=arguments.package or standard.package,
        extras=standard.extras if arguments.extras is None else arguments.extras,
        platform=arguments.platform,
        python=arguments.python or standard.python,
        constraint=arguments.constraint,
        wheels=arguments.wheels,
        recipe=arguments.recipe,
        model=arguments.with_model,
        data=arguments.with_data,
        docs=arguments.docs,
    )
    wheels = make_bundle(plan, arguments.out)
    without = [wheel.name for wheel in wheels if not wheel.license]
    print(say(Text(f"{len(wheels)} wheels", f"ホイール {len(wheels)} 個"), arguments.language))
    if without:
        words = Text(f"without a stated license: {', '.join(without)}", f"ライセンスの記載なし: {'、'.join(without)}")
        print(say(words, arguments.language))
    print(arguments.out)


def _refused(error: BundleError, bundle: Path) -> TekioError:
    """A bundle's error as one of ours: the bundle's own program has the standard library alone."""
    why = Text(*error.why) if error.why is not None else None
    return TekioError(Text(*error.words), where=bundle, why=why, fix=Text(*error.fix))


def _verify(arguments: argparse.Namespace) -> None:
    from tekio.bundle import BundleError, verify_bundle
    from tekio.bundle.install import KINDS

    try:
        wrong = verify_bundle(arguments.bundle)
    except BundleError as error:
        raise _refused(error, arguments.bundle) from error
    for line in wrong:
        kind, _, name = line.partition(" ")
        print(f"{say(Text(*KINDS[kind]), arguments.language)}: {name}")
    if wrong:
        raise TekioError(
            Text("The bundle is not as it was made.", "バンドルが作成時と異なります。"),
            where=arguments.bundle,
            fix=Text("Copy it again.", "もう一度複製してください。"),
        )
    print("ok")


def _install(arguments: argparse.Namespace) -> None:
    from tekio.bundle import BundleError, install_bundle
    from tekio.store import one_writer
    from tekio.store.output import require_apart, require_new

    require_apart(arguments.out, [arguments.bundle])
    require_new(arguments.out)
    try:
        with one_writer(arguments.out):
            print(install_bundle(arguments.bundle, arguments.out.absolute()))
    except BundleError as error:
        raise _refused(error, arguments.bundle) from error
