"""Recipes that are refused: what stands after `name: x`, and words of the refusal."""

RECIPES: dict[str, tuple[str, str]] = {
    "variant escapes": ('variants: {"../../../../escaped": {tune: null}}', "escaped"),
    "number of 5,000 digits": ("seed: " + "9" * 5000, "seed"),
    "unknown user's folder": ("out: ~nosuchuser/x", "nosuchuser"),
    "endless epochs": ("corpus: {sources: [{name: s, path: x, epochs: .inf}]}", "epochs"),
    "endless learning rate": ("tune: {method: lora, optimizer: {learning_rate: .inf}}", "learning_rate"),
    "learning rate of NaN": ("tune: {method: lora, optimizer: {learning_rate: .nan}}", "learning_rate"),
    "name twice": ("name: y", "duplicate"),
    "python object": ("out: !!python/object/apply:os.system [ls]", "not allowed"),
    "nesting": ("out: " + "[" * 200 + "]" * 200, "nested too deeply"),
    "seed is a word": ("seed: many", "seed"),
    "seed is a truth value": ("seed: true", "seed"),
    "unknown section": ("steal: {}", "steal"),
    "unknown key": ("corpus: {sources: [{name: s, path: x, run: ls}]}", "run"),
    "source escapes": ("corpus: {sources: [{name: ../x, path: a}]}", "../x"),
    "variable not set": ("corpus: {sources: [{name: s, path: '${TEKIO_NOT_SET_ANYWHERE}'}]}", "TEKIO_NOT_SET_ANYWHERE"),
    "reader from nowhere": ("corpus: {sources: [{name: s, path: x, reader: evil.py}]}", "evil.py"),
    "negative limit": ("corpus: {max_document_seconds: -1}", "max_document_seconds"),
    "salt in the recipe": ("corpus: {personal_data: {salt: abc}}", "salt"),
    "alias bomb": (
        "a: &a [x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(f'*{chr(97 + n)}' for _ in range(9))}]\n" for n in range(8)
        ),
        "alias",
    ),
}
