"""Template files: how the rows of a data set become instructions (YAML, shipped in `tekio/instruct/templates` or one's own).

    name: economy-watchers
    reader: json                     # how the files are read (expand/readers.py)
    rule: null                       # a rule of the data set in code (expand/rules.py)
    key: "{{ id }}"                  # what identifies a row
    tasks:
      - name: judgement
        phrasings:
          - instruction: "..."
            input: "{{ comment }}"
            output: "{{ label }}"

Expressions are Jinja, sandboxed; a field that a row lacks rejects the row and does not become an empty string.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from tekio.errors import RecipeError, TekioError, Text
from tekio.recipe.read import parse_yaml, validate
from tekio.recipe.section import PlainName, Section

MAX_EXPRESSION = 4000


class Phrasing(Section):
    """One wording of a task."""

    instruction: str = Field(min_length=1, max_length=MAX_EXPRESSION)
    input: str = Field(default="", max_length=MAX_EXPRESSION)
    output: str = Field(min_length=1, max_length=MAX_EXPRESSION)
    system: str = Field(default="", max_length=MAX_EXPRESSION)
    original: bool = False
    """The wording of llm-japanese-dataset; `phrasing: original` uses these alone."""


class TaskTemplate(Section):
    """One task made from the rows of a data set."""

    name: PlainName
    """Short name; `caps` and `tasks` of the recipe speak of it."""
    task: str = ""
    """The kind of task in `meta.task`; default: the name."""
    inverse: bool = False
    """An inverse task: from what is the answer elsewhere back to the question."""
    direction: Literal["", "ja-en", "en-ja"] = ""
    """Translation pairs name their direction; they are made only when the recipe asks for translation."""
    open: bool = False
    """Many answers are right (writing, examples): different answers to one question are no conflict."""
    check: str = "answer_check"
    """Field of the row that says how the answer can be checked; goes into `meta.extra.check` when the row has it."""
    when: str = ""
    """Jinja condition: rows for which it is false give no record of this task."""
    cap: int | None = Field(default=None, ge=1)
    """At most so many records of this task (a seeded sample) unless the recipe says otherwise."""
    phrasings: list[Phrasing] = Field(min_length=1)


class TemplateFile(Section):
    """A template file."""

    name: PlainName
    description: str = ""
    license: str = "unknown"
    """License of the data set the template is for; used when the recipe names none."""
    attribution: str = ""
    reader: str = "auto"
    """How files are read: `auto` (by suffix), `json`, `jsonl`, `csv`, `tsv`, or a reader of docs/instruct.md."""
    reader_options: dict[str, Any] = Field(default_factory=dict[str, Any])
    rule: str = ""
    """Name of a rule in code that drops, joins or completes rows before templates see them."""
    fields: dict[str, str] = Field(default_factory=dict[str, str])
    """Name used in the templates -> column of the data."""
    values: dict[str, dict[str, str]] = Field(default_factory=dict[str, dict[str, str]])
    """Field -> raw value -> word; the word is there as `<field>_word`. A value without a word rejects the row."""
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Options a recipe may set, with their defaults; available to the templates by name."""
    key: str = ""
    """What identifies a row (Jinja); default: file and row number."""
    group: str = ""
    """What a split must not cut (Jinja); default: the key."""
    topic: str = ""
    as_of: str = ""
    parents: str = ""
    tasks: list[TaskTemplate] = Field(min_length=1)


def shipped_templates() -> list[str]:
    """Names of the template files that come with Tekio."""
    folder = resources.files("tekio.instruct") / "templates"
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))


def template_path(name: str, base: Path | None) -> Path | None:
    """The file of a user's own template, or None when `name` is a shipped one."""
    if name in shipped_templates():
        return None
    return ((base or Path.cwd()) / name).resolve()


def template_bytes(name: str, base: Path | None = None) -> bytes:
    """The YAML of a shipped template or of the file `name` (relative to `base`). Raises `TekioError` if there is none."""
    own = template_path(name, base)
    if own is None:
        return (resources.files("tekio.instruct") / "templates" / f"{name}.yaml").read_bytes()
    if not own.is_file():
        names = ", ".join(shipped_templates())
        raise TekioError(
            Text(f"There is no template {name!r}.", f"テンプレート {name!r} がありません。"),
            where=own,
            fix=Text(f"Shipped templates: {names}", f"付属のテンプレート: {names}"),
        )
    return own.read_bytes()


def read_template(name: str, base: Path | None = None) -> TemplateFile:
    """A shipped template by name, or a file. Raises `RecipeError` with file:line:column when it is malformed."""
    value, marks = parse_yaml(template_bytes(name, base), name)
    file = validate(TemplateFile, value, marks, base=base or Path.cwd())
    _require_words_used(file, name)
    return file


def _require_words_used(file: TemplateFile, name: str) -> None:
    """Raise `RecipeError` for words of values that no expression uses: the raw values would stand in the records."""
    texts = " ".join([file.key, file.group, file.topic, file.as_of, file.parents])
    for task in file.tasks:
        wordings = (
            text for item in task.phrasings for text in (item.instruction, item.input, item.output, item.system)
        )
        texts = " ".join([texts, task.when, *wordings])
    for field in file.values:
        if f"{field}_word" not in texts:
            raise RecipeError(
                Text(
                    f"The words of `values.{field}` are used nowhere.",
                    f"`values.{field}` の語がどこにも使われていません。",
                ),
                where=name,
                why=Text(
                    "The raw values would stand in the records.", "指示データに元の値がそのまま入ってしまいます。"
                ),
                fix=Text(
                    f"Write {{{{ {field}_word }}}} for the word; {{{{ {field} }}}} is the raw value.",
                    f"語は {{{{ {field}_word }}}} と書きます。{{{{ {field} }}}} は元の値です。",
                ),
            )
