"""The import rule of docs/architecture.md: arrows run down, siblings do not know each other."""

import ast
import re
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "tekio"

# From the top down. A module may import modules of lower rows only (and its own package).
LAYERS: list[set[str]] = [
    {"__init__", "__main__"},
    {"cli"},
    {"demo"},
    {"view", "troubleshooting"},
    {"pipeline", "lineage", "forget"},
    {"doctor", "init", "bundle"},
    {"run_folder"},
    {"stages"},
    {"report", "compare"},
    {"train", "evaluate"},
    {"corpus", "instruct", "exam", "study"},
    {"model"},
    {"contamination", "statistics", "artifacts", "knowledge", "model_server", "desk"},
    {"rows", "chat_completion"},
    {"text"},
    {"recipe", "documents", "records", "licenses"},
    {
        "store",
        "engine",
        "engine_ray",
        "http",
        "local_server",
        "offline",
        "isolation",
        "child_guard",
        "progress",
        "progress_bar",
        "plugins",
    },
    {
        "hashes",
        "model_stages",
        "reject_reasons",
        "stage_names",
        "time_limit",
        "visible",
        "yaml_reasons",
    },
    {"statistic_words"},
    {"errors"},
    {"_version", "system_reasons"},
]
SAME_ROW_ALLOWED = {
    ("engine", "offline"),
    ("progress", "progress_bar"),
    ("progress_bar", "progress"),
    ("child_guard", "offline"),
    ("engine", "engine_ray"),
    ("engine_ray", "engine"),
    ("engine_ray", "offline"),
}
CORE_ONLY = {
    "corpus",
    "instruct",
    "study",
    "report",
    "text",
    "recipe",
    "store",
    "engine",
    "documents",
    "records",
    "errors",
    "cli",
    "desk",
}
HEAVY = {"torch", "transformers", "peft", "tokenizers"}


def part_of(module: Path) -> str:
    return module.relative_to(SOURCE).parts[0].removesuffix(".py")


def layer(part: str) -> int:
    return next(number for number, row in enumerate(LAYERS) if part in row)


def imported(module: Path, *, top_level_only: bool = False) -> list[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    names: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module}: relative import"
            names += (
                [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "tekio" else [node.module]
            )
    return names


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def test_every_part_has_its_layer():
    known = set().union(*LAYERS)
    assert {part_of(module) for module in modules()} <= known


def test_imports_run_down():
    wrong: list[str] = []
    for module in modules():
        here = part_of(module)
        if here == "__init__":  # lazy re-exports
            continue
        for name in imported(module):
            parts = name.split(".")
            if parts[0] != "tekio" or len(parts) < 2 or parts[1] == here:
                continue
            down = layer(parts[1]) > layer(here)
            if not down and (here, parts[1]) not in SAME_ROW_ALLOWED:
                wrong.append(f"{module.relative_to(SOURCE)} imports {name}")
    assert wrong == []


# Ideas that several stages share: the room they live in, and the words that may name a function, class or constant there only.
ONE_PLACE = {
    "statistics": (
        r"holm|bonferroni|bootstrap|bca|wilson|mcnemar|paired_permutation|permutation_test|kappa|p_value_of|confidence_interval|"
        r"standard_error|minimum_detectable|student|t_interval|mean_of|power_of"
    ),
    "contamination": r"shadow|common_pieces|text_evidence|set_evidence|items_of|build_index|item_index|decontaminate",
    "rows": (
        r"csv_rows|separated_rows|workbook_rows|json_rows|parquet_rows|column_names|iter_lines|strict_json|parse_columns|"
        r"missing_columns|iter_elements"
    ),
    "http": r"retry_after|only_hosts|check_address|http_client|no_redirect|user_agent",
    "knowledge": r"table_figures|facts_of|passage_facts|names_of|date_value",
    "text": (
        r"japanese_share|script_shares|is_japanese|count_japanese|encoding_of_lines|detect_encoding|guess_encoding|"
        r"encoding_ladder|decode_text"
    ),
}
# Who may touch what those rooms are made of: a second reader of tables, a second model of a file would begin here.
ONLY_IN = {
    ("csv",): {"rows/separated.py", "instruct/review/tables.py"},  # the latter writes tables for Excel
    ("openpyxl",): {"rows/workbook.py", "text/office/xlsx.py", "instruct/review/tables.py"},
    ("charset_normalizer", "chardet", "cchardet"): set(),
}


def defined(module: Path) -> list[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
    return [node.name for node in ast.walk(tree) if isinstance(node, kinds)]


def test_shared_ideas_are_defined_in_one_room():
    wrong = [
        f"{module.relative_to(SOURCE)} defines {name}, which belongs to {room}/"
        for module in modules()
        for room, words in ONE_PLACE.items()
        if part_of(module) != room
        for name in defined(module)
        if re.search(rf"(?i)(?:^|_)(?:{words})(?:$|_)", name)
    ]
    assert wrong == []


def test_what_rooms_are_made_of_is_touched_nowhere_else():
    wrong = [
        f"{module.relative_to(SOURCE)} imports {name}"
        for module in modules()
        for libraries, places in ONLY_IN.items()
        for name in imported(module)
        if any(name == library or name.startswith(f"{library}.") for library in libraries)
        and str(module.relative_to(SOURCE)) not in places
        and part_of(module) not in places
    ]
    assert wrong == []


def test_models_of_files_are_artifacts():
    """What one stage hands to another is described in one room: a subclass of `Part` elsewhere would be a second form."""
    wrong = [
        f"{module.relative_to(SOURCE)} defines {node.name}"
        for module in modules()
        if part_of(module) != "artifacts"
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and {base.id for base in node.bases if isinstance(base, ast.Name)} & {"Part", "Artifact"}
    ]
    assert wrong == []


def test_distributions_are_scipys():
    """No second normal or t distribution, and no sampling of p-values beside the room that does it."""
    wrong = [
        f"{module.relative_to(SOURCE)} imports {name}"
        for module in modules()
        if part_of(module) != "statistics"
        for name in imported(module)
        if name in ("statistics", "statistics.NormalDist") or name.startswith(("scipy.stats", "scipy.special"))
    ]
    assert all(entry.startswith("text/pdf/") for entry in wrong), "the median of a page's lines is no test"


NETWORK = ("urllib.request", "http.client", "requests", "httpx", "urllib3", "aiohttp")


def test_only_the_http_client_speaks_http():
    wrong = [
        f"{module.relative_to(SOURCE)} imports {name}"
        for module in modules()
        if part_of(module) != "http"
        for name in imported(module)
        if name in NETWORK or name.startswith(tuple(f"{name}." for name in NETWORK))
    ]
    assert wrong == []


def test_the_core_works_without_torch():
    wrong = [
        f"{module.relative_to(SOURCE)} imports {name}"
        for module in modules()
        if part_of(module) in CORE_ONLY
        for name in imported(module, top_level_only=True)
        if name.split(".")[0] in HEAVY
    ]
    assert wrong == []
