"""Every message that ends a command, read from the source: its words, cause and cure in both languages.

A message is a call of one of the error classes of `tekio.errors` (or of a class or function made from them) whose words stand in
the call, or in a name that is set in the same function. What is filled in at run time stands as `{name}`, or as `…`
where it is no plain name. Rows of `rejected/` (`InputError`) and reasons of a recipe's values (`WrongValueError`) end no
command by themselves and are not listed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from tekio import errors
from tekio.errors import Text

SOURCE = Path(__file__).resolve().parent.parent
LISTED = {
    "TekioError",
    "UsageError",
    "RecipeError",
    "LimitError",
    "NothingError",
    "PolicyError",
    "ChangedInputError",
    "BundleError",
    "lacking",
}
APART = {"BundleError": 0, "lacking": 1}
"""Which of them take English and Japanese as arguments of their own, and from where on."""
PLACEHOLDER = "…"
Scopes = tuple[ast.AST, ...]
"""Where a name is looked up, innermost first."""
NAMED_CAUSE = Text("The message names it after “why”.", "メッセージの「原因」に示されます。")
NAMED_FIX = Text(
    "Take one of what the message lists after “next”.", "メッセージの「対処」に挙がるものから選んでください。"
)


@dataclass(frozen=True)
class Message:
    """One message. place: its module below src/tekio; why, fix: what the message itself says, if it says it."""

    place: str
    exit_code: int
    what: Text
    why: Text | None = None
    fix: Text | None = None


@lru_cache(maxsize=4)
def messages(source: Path = SOURCE) -> tuple[Message, ...]:
    """All messages below `source`, once each by place and words, in the order of the files."""
    found: dict[tuple[str, str], Message] = {}
    for place, call, scopes in _places(source):
        said = {keyword.arg: keyword.value for keyword in call.keywords}
        code = getattr(errors, _name(call), errors.TekioError).exit_code
        why = _whole(_texts(said["why"], scopes), NAMED_CAUSE) if "why" in said else None
        fix = _whole(_texts(said["fix"], scopes), NAMED_FIX) if "fix" in said else None
        for what in _words(call, scopes):
            earlier = found.get((place, what.en))
            if earlier is None or (earlier.fix is None and fix is not None):
                found[place, what.en] = Message(place, code, what, why, fix)
    return tuple(found.values())


def unread(source: Path = SOURCE) -> list[str]:
    """Places of errors whose words could not be read here (they are passed on from elsewhere)."""
    return [
        f"{place}: {ast.unparse(call.args[0])}"
        for place, call, scopes in _places(source)
        if not list(_words(call, scopes))
    ]


@lru_cache(maxsize=4)
def _places(source: Path) -> tuple[tuple[str, ast.Call, Scopes], ...]:
    found: list[tuple[str, ast.Call, Scopes]] = []
    for path in sorted(source.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "Error(" in text or "lacking(" in text:
            found += [(path.relative_to(source).as_posix(), *call) for call in _calls(ast.parse(text))]
    return tuple(found)


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, Scopes]]:
    """Calls of the listed errors that have words, each with the function and the module around it."""
    waiting: list[tuple[ast.AST, Scopes]] = [(tree, (tree,))]
    while waiting:
        node, scope = waiting.pop()
        if isinstance(node, ast.Call) and _name(node) in LISTED and node.args:
            yield node, scope
        inner = (node, tree) if isinstance(node, ast.FunctionDef) else scope
        waiting += [(child, inner) for child in reversed(list(ast.iter_child_nodes(node)))]


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _whole(texts: Iterator[Text], named: Text) -> Text:
    """All wordings that say something; `named` where there are only values of the moment (a path, the names there are)."""
    said = list(dict.fromkeys(text for text in texts if re.sub(r"\{\w+\}|\W", "", text.en)))
    return Text(" / ".join(text.en for text in said), " / ".join(text.ja for text in said)) if said else named


def _words(call: ast.Call, scopes: Scopes) -> Iterator[Text]:
    """The wordings of an error: of its first argument, or of two where it takes the languages apart. Words that are
    only handed on (`{en}`) are none.
    """
    first = APART.get(_name(call))
    if first is None:
        said = _texts(call.args[0], scopes)
    else:
        said = (Text(*pair) for pair in zip(*map(_strings, call.args[first : first + 2]), strict=True))
    yield from (text for text in said if not re.fullmatch(r"\{\w+\}", text.en))


def _texts(node: ast.expr, scopes: Scopes) -> Iterator[Text]:
    """The wordings an expression can have: of `Text(…)`, a string, either side of a condition, a local name."""
    match node:
        case ast.Call() if _name(node) in ("Text", "text") and len(node.args) == 2:
            for en, ja in zip(_strings(node.args[0]), _strings(node.args[1]), strict=False):
                yield Text(en, ja)
        case ast.Tuple(elts=[english, japanese]):
            for en, ja in zip(_strings(english), _strings(japanese), strict=False):
                yield Text(en, ja)
        case ast.IfExp():
            yield from _texts(node.body, scopes)
            yield from _texts(node.orelse, scopes)
        case ast.BoolOp():
            for value in node.values:
                yield from _texts(value, scopes)
        case ast.Name():
            for scope in scopes:
                values = [
                    other.value
                    for other in ast.walk(scope)
                    if isinstance(other, ast.Assign)
                    and any(isinstance(target, ast.Name) and target.id == node.id for target in other.targets)
                ]
                for value in values:
                    yield from _texts(value, scopes)
                if values:
                    return
        case ast.Constant(value=str()) | ast.JoinedStr():
            for words in _strings(node):
                yield Text(words, words)
        case _:
            return


def _strings(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant():
            return [str(node.value)]
        case ast.JoinedStr():
            return ["".join(parts) for parts in product(*(_strings(value) for value in node.values))]
        case ast.FormattedValue():
            return _strings(node.value)
        case ast.IfExp():
            return [*_strings(node.body), *_strings(node.orelse)]
        case ast.BinOp(op=ast.Add()):
            return [a + b for a, b in product(_strings(node.left), _strings(node.right))]
        case ast.Name():
            return [f"{{{node.id}}}"]
        case ast.Attribute():
            return [f"{{{node.attr}}}"]
        case _:
            return [PLACEHOLDER]
