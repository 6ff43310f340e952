"""Verbs of `corpus`: build, stats, show, sample, diff, clean, export."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tekio.cli import Verbs
from tekio.errors import Language, Text, say
from tekio.visible import visible

if TYPE_CHECKING:
    from tekio.corpus.units.measurements import Summary


def register(verbs: Verbs) -> None:
    """Add the verbs."""
    group = verbs.group("corpus", Text("build and inspect the corpus of a recipe", "レシピのコーパス"))
    for add in (_add_build, _add_stats, _add_show, _add_sample, _add_diff, _add_clean, _add_export):
        add(group)


def _add_build(group: Verbs) -> None:
    build = group.add(
        "build", Text("build the corpus stage of a recipe", "レシピの corpus 段階を作る"), _build, loopback=True
    )
    build.add_argument("recipe", type=Path)
    build.add_argument("--out", type=Path, help=group.text("folder of the stage", "段階のフォルダ"))
    build.add_argument("--workers", type=int, help=group.text("processes", "プロセス数"))
    build.add_argument(
        "--rehash",
        action="store_true",
        help=group.text("read inputs again that look unchanged", "変わっていないように見える入力も読み直す"),
    )
    build.add_argument(
        "--plan",
        action="store_true",
        help=group.text(
            "hash the inputs and count the units, then stop", "入力のハッシュを取り、処理単位を数えて終わる"
        ),
    )
    build.add_argument(
        "--unit",
        metavar="I/N",
        help=group.text(
            "do only every N-th unit of work, beginning with the I-th (Slurm arrays)",
            "N 個おきの処理単位だけを実行(Slurm 配列用)",
        ),
    )
    build.set_defaults(needs={"recipe": "file"})


def _add_stats(group: Verbs) -> None:
    stats = group.add(
        "stats", Text("show statistics, thresholds and what they reject", "統計量としきい値、その除外数"), _stats
    )
    stats.add_argument("corpus", type=Path, help=group.text("run or corpus folder", "実行または corpus フォルダ"))
    stats.add_argument("--source", help=group.text("rows of this source only", "この情報源の行だけ"))
    stats.add_argument("--statistic", help=group.text("histogram of one statistic", "一つの統計量の度数分布"))
    stats.add_argument("--preset", help=group.text("decide by another preset", "別の規則集で判定"))
    stats.add_argument(
        "--threshold",
        action="append",
        default=[],
        metavar="NAME=LOW:HIGH",
        help=group.text("decide by another threshold (repeatable)", "別のしきい値で判定(複数可)"),
    )
    stats.add_argument("--json", action="store_true")
    stats.set_defaults(needs={"corpus": "folder"})


def _add_show(group: Verbs) -> None:
    show = group.add(
        "show", Text("show what came in, stayed and was rejected, by source", "情報源ごとの入出力と除外理由"), _show
    )
    show.add_argument("corpus", type=Path)
    show.add_argument("--json", action="store_true")
    show.set_defaults(needs={"corpus": "folder"})


def _add_sample(group: Verbs) -> None:
    sample = group.add("sample", Text("show rows as they will be trained on", "学習に使われるままの行を表示"), _sample)
    sample.add_argument("corpus", type=Path, help=group.text("run or corpus folder", "実行または corpus フォルダ"))
    sample.add_argument(
        "--table",
        choices=["train", "held_out", "rejected"],
        default="train",
        help=group.text("which rows (default: train)", "どの行か(既定は train)"),
    )
    sample.add_argument(
        "--source",
        help=group.text(
            "rows of this source only (default: by the shares of all)", "この情報源の行だけ(既定は各情報源の割合で)"
        ),
    )
    sample.add_argument("--reason", help=group.text("rejected by (prefix)", "除外理由(前方一致)"))
    sample.add_argument("--limit", "-n", type=int, default=30, metavar="N", help=group.text("rows", "行数"))
    sample.add_argument("--seed", type=int, default=17)
    sample.add_argument(
        "--characters",
        type=int,
        default=600,
        help=group.text("shown of a text, from both ends; 0: all", "本文の表示文字数(両端から)。0 はすべて"),
    )
    sample.add_argument(
        "--recipe",
        type=Path,
        help=group.text(
            "by this recipe: show the source's own text beside each row, line by line (not masked)",
            "このレシピで、各行の横に元の文書の本文を行単位で表示(マスクなし)",
        ),
    )
    sample.set_defaults(needs={"corpus": "folder", "recipe": "file"})


def _add_diff(group: Verbs) -> None:
    diff = group.add("diff", Text("compare two builds", "二つのコーパスの違い"), _diff)
    diff.add_argument("before", type=Path)
    diff.add_argument("after", type=Path)
    diff.set_defaults(needs={"before": "folder", "after": "folder"})


def _add_clean(group: Verbs) -> None:
    clean = group.add(
        "clean", Text("show the text a build would keep of one file", "一つのファイルから残る本文を表示"), _clean
    )
    clean.add_argument("file", type=Path)
    clean.add_argument("--recipe", type=Path, help=group.text("settings of this recipe", "このレシピの設定で"))
    clean.add_argument("--reader", default="auto")
    clean.add_argument(
        "--columns",
        metavar="FIELD=COLUMN,...",
        help=group.text(
            "which column is what, for example text=本文,title=表題", "どの列が何か。例: text=本文,title=表題"
        ),
    )
    clean.set_defaults(needs={"file": "file", "recipe": "file"})


def _add_export(group: Verbs) -> None:
    export = group.add(
        "export",
        Text("write the documents whose license allows passing them on, with a card", "配布できる文書を説明付きで出力"),
        _export,
    )
    export.add_argument("corpus", type=Path, help=group.text("run or corpus folder", "実行または corpus フォルダ"))
    export.add_argument("--out", type=Path, required=True, help=group.text("a new folder", "新しいフォルダ"))
    export.add_argument(
        "--table",
        choices=["train", "held_out"],
        default="train",
        help=group.text("which rows (default: train)", "どの行か(既定は train)"),
    )
    export.add_argument(
        "--licenses", type=Path, help=group.text("the license table of the recipe", "レシピのライセンス表")
    )
    export.set_defaults(needs={"corpus": "folder", "licenses": "file"})
    how = export.add_mutually_exclusive_group()
    how.add_argument(
        "--leave-out",
        action="store_true",
        help=group.text(
            "leave out what may not be passed on (references where derived data may)",
            "配布できない文書を除く(派生データのみ可のものは参照を出力)",
        ),
    )
    how.add_argument(
        "--internal", action="store_true", help=group.text("all of it; for internal use only", "すべて出力(社内限り)")
    )


def _build(arguments: argparse.Namespace) -> int:
    from tekio.corpus.build import build_corpus, build_units, count_units
    from tekio.engine import make_engine
    from tekio.errors import UsageError
    from tekio.hashes import remembered_hashes
    from tekio.recipe import load_recipe

    recipe = load_recipe(arguments.recipe)
    if recipe.corpus is None:
        raise UsageError(
            Text("The recipe has no corpus section.", "レシピに corpus がありません。"), where=arguments.recipe
        )
    out: Path = arguments.out.resolve() if arguments.out else recipe.run_folder / "corpus"
    recipe.require_place(out)
    engine = make_engine(recipe.engine.kind, arguments.workers or recipe.engine.workers, recipe.engine.address)
    with remembered_hashes(out.parent, forget=arguments.rehash):
        if arguments.plan:
            total = count_units(recipe.corpus, out, seed=recipe.seed)
            print(say(Text(f"{total} units", f"{total} 単位"), arguments.language))
            return 0
        if not arguments.unit:
            build_corpus(recipe.corpus, out, seed=recipe.seed, engine=engine)
            print(out)
            return 0
        done, total = build_units(recipe.corpus, out, arguments.unit, seed=recipe.seed, engine=engine)
        print(say(Text(f"{done} of {total} units done", f"{total} 単位のうち {done} 単位が完了"), arguments.language))
        return 0


def _limits(limits: list[float | None] | str | None, language: Language) -> str:
    if limits is None:
        return ""
    if isinstance(limits, str):
        return say(Text("by source", "情報源別"), language)
    low, high = ("" if bound is None else f"{bound:g}" for bound in limits)
    return f"{low}..{high}"


def _stats(arguments: argparse.Namespace) -> int:
    from tekio.corpus import inspect
    from tekio.corpus.decisions.filters import limits_of, presets
    from tekio.corpus.units import measurements
    from tekio.errors import UsageError
    from tekio.recipe.corpus import FilterConfig

    folder, manifest = inspect.corpus_folder(arguments.corpus)
    limits = measurements.limits_in_force(manifest, arguments.source)
    if arguments.preset:
        if arguments.preset not in presets():
            raise UsageError(
                Text(f"No preset {arguments.preset!r}.", f"規則集 {arguments.preset!r} はありません。"),
                fix=", ".join(presets()),
            )
        limits = {name: limits_of(FilterConfig(preset=arguments.preset)) for name in limits}
    installed = measurements.filters_used(manifest)
    tried = dict(measurements.parse_limit(item, installed) for item in arguments.threshold)
    limits = {name: own | tried for name, own in limits.items()}
    summary = measurements.summarize(folder, limits, arguments.source, installed)
    if arguments.statistic:
        _histogram(arguments, summary)
        return 0
    if arguments.json:
        plain = {
            "rows": summary.rows,
            "rejected_before": summary.before,
            "rejected": summary.rejected,
            "statistics": summary.table,
        }
        print(inspect.as_json(plain))
        return 0
    print(
        f"{'':34}{'1 %':>10}{'10 %':>10}{'50 %':>10}{'90 %':>10}{'99 %':>10}  {'limits':14}{'rejects':>9}{'alone':>8}"
    )
    for item in summary.table:
        numbers = "".join(f"{value:>10.4g}" for value in item["quantiles"][1:6])
        counts = f"{item['outside']:>9,}{item['outside_alone']:>8,}" if item["limits"] else ""
        print(f"{item['statistic']:34}{numbers}  {_limits(item['limits'], arguments.language):14}{counts}")
    message = Text(
        f"{summary.rejected:,} of {summary.rows:,} rows are outside these limits.",
        f"{summary.rows:,} 行のうち {summary.rejected:,} 行がしきい値の外です。",
    )
    print(say(message, arguments.language))
    _say_sample(arguments, summary)
    return 0


def _say_sample(arguments: argparse.Namespace, summary: Summary) -> None:
    if summary.before:
        words = Text(
            f"{summary.before:,} other rows are rejected before thresholds (license, personal data); they are not counted here.",
            f"ほかに {summary.before:,} 行がしきい値より前の判定(ライセンス、個人情報など)で除外され、ここには含みません。",
        )
        print(say(words, arguments.language))
    if summary.sampled < summary.rows:
        words = Text(
            f"Quantiles and histograms are those of {summary.sampled:,} sampled rows; counts are of all.",
            f"分位数と度数分布は標本 {summary.sampled:,} 行のもの、件数は全行のものです。",
        )
        print(say(words, arguments.language))


def _histogram(arguments: argparse.Namespace, summary: Summary) -> None:
    from tekio.corpus.units.measurements import histogram
    from tekio.errors import UsageError

    if arguments.statistic not in summary.values:
        raise UsageError(
            Text(f"No statistic {arguments.statistic!r}.", f"統計量 {arguments.statistic!r} はありません。"),
            fix=", ".join(summary.values),
        )
    (item,) = (item for item in summary.table if item["statistic"] == arguments.statistic)
    given: list[float | None] | str | None = item["limits"]
    limit = (given[0], given[1]) if isinstance(given, list) else None
    print(f"{arguments.statistic}: {item['meaning']}  {_limits(given, arguments.language)}")
    print("\n".join(histogram(summary.values[arguments.statistic], limit)))
    share = item["outside"] / max(1, summary.rows)
    message = Text(
        f"{item['outside']:,} of {summary.rows:,} rows ({share:.1%}) are outside, {item['outside_alone']:,} of them by this alone.",
        f"{summary.rows:,} 行のうち {item['outside']:,} 行 ({share:.1%}) がしきい値の外、うち {item['outside_alone']:,} 行は"
        "この統計量だけによります。",
    )
    print(say(message, arguments.language))
    _say_sample(arguments, summary)


def _show(arguments: argparse.Namespace) -> int:
    from tekio.corpus import inspect
    from tekio.reject_reasons import reject_words

    folder, _ = inspect.corpus_folder(arguments.corpus)
    funnel = inspect.funnel(folder)
    if arguments.json:
        print(inspect.as_json(funnel.plain()))
        return 0
    words = Text(
        "source rows train held-out rejected characters license",
        "情報源 入力行 学習 評価用に確保 除外 文字数 ライセンス",
    )
    head = say(words, arguments.language).split()
    print(f"{head[0]:24}{head[1]:>10}{head[2]:>10}{head[3]:>10}{head[4]:>10}{head[5]:>14}  {head[6]}")
    rows_of = [(item.name, item.license, item) for item in funnel.sources]
    for name, license_id, item in [*rows_of, ("=", "", funnel.totals)]:
        gone = sum(item.rejected.values())
        rows = f"{item.rows_in:>10,}{item.rows_train:>10,}{item.rows_held_out:>10,}{gone:>10,}"
        print(f"{name:24}{rows}{item.characters_train:>14,}  {license_id}")
        for reason, count in sorted(item.rejected.items(), key=lambda pair: -pair[1]):
            print(f"    {reason:50}{count:>14,}  {say(reject_words(reason), arguments.language)}")
        for rule, count in item.removed_characters.items():
            taken = Text("characters taken out", "文字を削除")
            print(f"    {rule:50}{count:>14,} {say(taken, arguments.language)}")
        if item.tables:
            one = "" if item.tables["tables"] == 1 else "s"
            words = Text(
                f"{{:,}} table{one}, {{:,}} cells with text, {{:,}} written",
                "表 {:,}、文字のあるセル {:,}、うち出力 {:,}",
            )
            cells = (item.tables["tables"], item.tables["cells_in"], item.tables["cells_out"])
            print(f"    {say(words, arguments.language).format(*cells)}")
        for kind, count in item.personal_data.items():
            print(f"    [{kind}]{'':43}{count:>9,}")
    files = (funnel.totals.files, funnel.totals.files_read, funnel.totals.files_rejected)
    words = Text("files: {:,} = {:,} read + {:,} rejected", "ファイル: {:,} = 読込 {:,} + 除外 {:,}")
    print(say(words, arguments.language).format(*files))
    for name, own in inspect.mixing(folder):
        words = Text(f"{name}: {own} in the mix", f"{name}: 混合 {own}")
        print(say(words, arguments.language))
    for stage, name, own in inspect.packed_tokens(folder):
        words = Text(
            f"{own.documents:,} documents, {own.characters:,} characters, {own.tokens:,} tokens, "
            f"{own.epochs:g} times per epoch",
            f"{own.documents:,} 文書、{own.characters:,} 文字、{own.tokens:,} トークン、1 エポックに {own.epochs:g} 回",
        )
        print(f"{stage}: {name}: {say(words, arguments.language)}")
    return 0


def _sample(arguments: argparse.Namespace) -> int:
    from tekio.corpus import inspect, sample
    from tekio.corpus.units import measurements
    from tekio.recipe import load_recipe
    from tekio.reject_reasons import reject_words

    language = arguments.language
    folder, manifest = inspect.corpus_folder(arguments.corpus)
    config = load_recipe(arguments.recipe).corpus if arguments.recipe else None
    rows = sample.sample_rows(
        folder, arguments.table, max(arguments.limit, 0), arguments.seed, arguments.source, arguments.reason
    )
    limits = measurements.limits_in_force(manifest, None)
    found = measurements.measurements_of(folder, [row["id"] for row in rows])
    for number, row in enumerate(rows, start=1):
        print(visible(f"── {number}/{len(rows)}  {row['source']}  {row['uri']}  ({row['id']})"))
        print(visible("   " + "  ".join(_told(row))))
        if "rejected_by" in row:
            name, words = row["rejected_by"], say(reject_words(row["rejected_by"]), language)
            why = f"{words} ({name}) {row['measured'] or ''} {row['duplicate_of'] or ''}"
            print(visible(f"   {say(Text('left out because', '除外理由'), language)}: {why}"))
        for near in sample.near_limits(found.get(row["id"], {}), limits.get(row["source"], {})):
            bound = Text("at least" if near.at_least else "at most", "下限" if near.at_least else "上限")
            words = say(Text("near a limit", "しきい値の近く"), language)
            print(f"   {words}: {near.name} {near.value:.4g} ({say(bound, language)} {near.limit:.4g})")
        original = sample.source_text(config, row) if config else None
        if config and original is None:
            print(f"   {say(Text('The source was not found.', '元の文書が見つかりません。'), language)}")
        if original is None:
            print(visible(_both_ends(row["text"], arguments.characters, language)), end="\n\n")
        else:
            _print_beside(original, row["text"], arguments.characters, language)
    return 0


def _told(row: dict[str, Any]) -> list[str]:
    """What a row says of itself beside its text."""
    import json

    meta: dict[str, Any] = json.loads(row["meta"] or "{}")
    told = [f"{name} {row[name]}" for name in ("title", "published", "as_of", "license") if row.get(name)]
    return [*told, f"{len(row['text']):,}", *meta.get("transforms", ())]


def _both_ends(text: str, characters: int, language: Language) -> str:
    """`text`, or its beginning and its end with how much lies between."""
    if not characters or len(text) <= characters:
        return text
    head = max(characters * 2 // 3, 1)
    left_out = len(text) - characters
    words = say(Text(f"… {left_out:,} characters …", f"… {left_out:,} 文字省略 …"), language)
    return f"{text[:head]}\n   {words}\n{text[len(text) - (characters - head) :]}"


def _print_beside(original: str, text: str, characters: int, language: Language) -> None:
    """Both texts line by line until `characters` are shown; what is left is counted."""
    from tekio.corpus.sample import beside

    shown, left = 0, {"-": 0, "+": 0}
    for mark, line in beside(original, text):
        if characters and shown >= 2 * characters:
            left = left | {mark: left[mark] + 1} if mark in left else left
        elif mark == "…":
            words = Text(f"… {line} lines that are the same", f"… 同じ {line} 行")
            print(f"    {say(words, language)}")
        else:
            shown += len(line)
            print(visible(f"  {mark} {line[: characters or None]}"))
    if any(left.values()):
        words = Text(
            f"… and {left['-']} lines only in the source, {left['+']} only in the row",
            f"… ほかに元の文書だけの行 {left['-']}、学習の行だけの行 {left['+']}",
        )
        print(f"    {say(words, language)}")
    print()


def _diff(arguments: argparse.Namespace) -> int:
    from tekio.corpus import inspect

    found = inspect.difference(arguments.before, arguments.after)
    for key, (before, after) in found.configuration.items():
        print(f"{key}: {before!r} → {after!r}")
    for name, ((rows, characters), (rows_now, characters_now)) in found.totals.items():
        words = Text(
            f"{name}: rows for training {rows:,} → {rows_now:,}, characters {characters:,} → {characters_now:,}",
            f"{name}: 学習行 {rows:,} → {rows_now:,}、文字数 {characters:,} → {characters_now:,}",
        )
        print(say(words, arguments.language))
    same = Text(f"{found.same:,} rows are unchanged.", f"{found.same:,} 行は変わりません。")
    print(say(same, arguments.language))
    for key, count in sorted(found.moved.items(), key=lambda pair: -pair[1]):
        print(f"{count:>10,}  {key[0]} → {key[1]}   {' '.join(found.examples[key])}")
    return 0


def _clean(arguments: argparse.Namespace) -> int:
    import sys

    from tekio.corpus import inspect
    from tekio.recipe import load_recipe
    from tekio.rows.columns import parse_columns

    recipe = load_recipe(arguments.recipe) if arguments.recipe else None
    config, seed = (recipe.corpus, recipe.seed) if recipe else (None, 0)
    columns = parse_columns(arguments.columns) if arguments.columns else {}
    for piece in inspect.clean_file(arguments.file, config, arguments.reader, columns, seed=seed):
        state = f"rejected_by={piece.rejected_by} {piece.measured}" if piece.rejected_by else ""
        print(f"── {piece.uri} {' '.join(piece.transforms)} {state}".rstrip(), file=sys.stderr)
        print(piece.text)
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from tekio.corpus import inspect
    from tekio.corpus.export import export_documents
    from tekio.errors import UsageError
    from tekio.licenses import policies

    folder, manifest = inspect.corpus_folder(arguments.corpus)
    licenses: dict[str, Any] = manifest.config.get("licenses") or {}
    table = licenses.get("table")
    if table is not None and arguments.licenses is None:
        raise UsageError(
            Text("The recipe has a license table of its own.", "レシピに独自のライセンス表があります。"),
            where=str(table),
            fix="--licenses TABLE",
        )
    done = export_documents(
        folder,
        arguments.out,
        policies(arguments.licenses),
        kind=arguments.table,
        leave_out=arguments.leave_out,
        internal=arguments.internal,
    )
    rows, references, left = (sum(part.values()) for part in (done.rows, done.references, done.left_out))
    message = Text(
        f"{rows:,} rows, {references:,} as references, {left:,} left out: {arguments.out}",
        f"{rows:,} 行、参照 {references:,} 行、除外 {left:,} 行: {arguments.out}",
    )
    print(say(message, arguments.language))
    return 0
