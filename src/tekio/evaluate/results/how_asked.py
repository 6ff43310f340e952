"""Whether two models were asked the same: a folder and a server that were not are never given a p-value.

A server's chat interface sees one message (in its own chat template) where a folder sees the plain prompt, and is read by
its reply where a folder is read by likelihoods; a difference of two scores asked differently is no difference of models.
"""

from __future__ import annotations

from tekio.artifacts.results import EvaluatedModel, TaskResult
from tekio.model.templates import CHAT

CHOICES_DIFFER = "asked differently: log-likelihoods and a written reply"
PROMPTS_DIFFER = "asked differently: plain text and a chat message"


def asked_differently(task: TaskResult, first: EvaluatedModel, second: EvaluatedModel) -> str | None:
    """Why the scores of a folder and a server on a task cannot be compared, or None. Two folders, or two servers, are compared
    as the evaluation asked them unless one was read by likelihoods and the other by its reply.
    """
    ways = [model.choices or "likelihood" for model in (first, second)]
    if task.kind == "choice" and ways[0] != ways[1]:
        return CHOICES_DIFFER
    one_is_a_server = (first.endpoint_model is None) != (second.endpoint_model is None)
    if one_is_a_server and _form(task, first) != _form(task, second):
        return PROMPTS_DIFFER
    return None


def _form(task: TaskResult, model: EvaluatedModel) -> str:
    """What the model saw: `plain`, `chat`, or the named template that wrapped the turns."""
    if task.kind == "perplexity":
        return "plain"
    if model.endpoint_model is not None:
        return "plain" if task.kind == "choice" and model.choices == "likelihood" else CHAT
    if (task.template or "").partition("-")[0] == CHAT:
        return CHAT if model.chat_template_sha256 else "plain"
    return "plain"
