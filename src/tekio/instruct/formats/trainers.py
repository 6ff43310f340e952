"""The lines that LLaMA-Factory and axolotl need to read an exported file."""

from __future__ import annotations

import json
from typing import Any

import yaml

from tekio.instruct.formats.write import Shape


def llama_factory_entry(name: str, file: str, to: str, shape: Shape) -> dict[str, Any] | None:
    """The entry for LLaMA-Factory's `dataset_info.json`; None for a format it does not read."""
    if to in ("alpaca", "trl"):
        columns = {"prompt": "instruction", "query": "input", "response": "output"}
        if to == "trl":
            columns = {"prompt": "prompt", "response": "completion"}
        elif shape.system:
            columns["system"] = "system"
        if to == "alpaca" and shape.history:
            columns["history"] = "history"
        return {name: {"file_name": file, "formatting": "alpaca", "columns": columns}}
    if to == "sharegpt":
        return {name: {"file_name": file, "formatting": "sharegpt", "columns": {"messages": "conversations"}}}
    if to in ("messages", "records"):
        tags = {
            "role_tag": "role",
            "content_tag": "content",
            "user_tag": "user",
            "assistant_tag": "assistant",
            "system_tag": "system",
        }
        return {name: {"file_name": file, "formatting": "sharegpt", "columns": {"messages": "messages"}, "tags": tags}}
    return None


def axolotl_entry(file: str, to: str, shape: Shape) -> dict[str, Any] | None:
    """The entry for `datasets:` of an axolotl configuration; None for a format it does not read."""
    entry: dict[str, Any] = {"path": file, "ds_type": "json"}
    if to == "alpaca":
        # axolotl's alpaca strategy reads instruction, input and output; anything else would be dropped in silence.
        return None if shape.system or shape.history else {**entry, "type": "alpaca"}
    if to == "trl":
        form = {
            "field_instruction": "prompt",
            "field_output": "completion",
            "format": "{instruction}",
            "no_input_format": "{instruction}",
        }
        return {**entry, "type": form}
    if to in ("messages", "records", "sharegpt"):
        role, content = ("from", "value") if to == "sharegpt" else ("role", "content")
        chat: dict[str, Any] = {
            **entry,
            "type": "chat_template",
            "field_messages": "conversations" if to == "sharegpt" else "messages",
            "message_property_mappings": {"role": role, "content": content},
        }
        if to == "sharegpt":
            chat["roles"] = {"user": ["human"], "assistant": ["gpt"], "system": ["system"]}
        return chat
    return None


def snippets(name: str, file: str, to: str, shape: Shape) -> str:
    """Both entries as text to copy."""
    factory, axolotl = llama_factory_entry(name, file, to, shape), axolotl_entry(file, to, shape)
    parts: list[str] = []
    if factory:
        parts.append("# LLaMA-Factory: data/dataset_info.json\n" + json.dumps(factory, ensure_ascii=False, indent=2))
    if axolotl:
        parts.append("# axolotl\n" + yaml.safe_dump({"datasets": [axolotl]}, allow_unicode=True, sort_keys=False))
    elif to == "alpaca":
        parts.append(
            "# axolotl: its `type: alpaca` drops system turns and history; export with --to messages or sharegpt"
        )
    return "\n\n".join(parts)
