"""How much a score depends on the prompt, and how much is gained by choosing the best prompt on the test set.

The headline is the template that was registered before the run. The best of k is shown as what it is: a selection,
with its expected optimism (Efron 1983), estimated by bootstrap over the items.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tekio.artifacts.results import Selection
from tekio.evaluate.results.metrics import Floats, Measure, rounded
from tekio.statistics.resampling import generator, resampled


def spread(by_template: Mapping[str, Measure], registered: str, *, resamples: int, seed: int, name: str) -> Selection:
    """The spread of one model over templates of the same items.

    Optimism is how much better the chosen template looks, on average, than it is; corrected = best_value less optimism. Both
    need at least two items; a metric that these items leave undefined has nothing to choose by.
    """
    names = list(by_template)
    sign = 1.0 if by_template[registered].higher_is_better else -1.0
    values = np.asarray([by_template[version].observed for version in names])
    best = int(np.argmax(sign * values))
    if by_template[registered].n < 2 or any(measure.undefined for measure in by_template.values()):
        optimism = math.nan
    else:
        optimism = float(np.mean(_optimism(list(by_template.values()), values, sign, resamples, seed, name)))
    return Selection(
        registered=registered,
        best=names[best],
        best_value=rounded(float(values[best])),
        mean=rounded(float(values.mean())),
        range=rounded(float(np.ptp(values))),
        optimism=rounded(sign * optimism),
        corrected=rounded(float(values[best] - sign * optimism)),
        k=len(names),
    )


def _optimism(measures: list[Measure], values: Floats, sign: float, resamples: int, seed: int, name: str) -> Floats:
    """For each resample: what the template that wins there scores there, less what it scores on the real items."""
    ends = np.cumsum([measure.rows.shape[1] for measure in measures])[:-1]

    def all_templates(sums: Floats) -> Floats:
        parts = np.split(sums, ends, axis=-1)
        return np.stack([measure.value(part) for measure, part in zip(measures, parts, strict=True)], axis=-1)

    together = np.concatenate([measure.rows for measure in measures], axis=1)
    drawn = resampled(together, all_templates, resamples, generator(seed, "optimism", name))
    chosen = np.argmax(sign * drawn, axis=1)
    return sign * (drawn[np.arange(len(drawn)), chosen] - values[chosen])
