"""How sure a number is and whether two differ: resampling, intervals, paired tests, corrections, power, agreement.

Nothing of this is defined anywhere else (`tests/test_architecture.py`). Distributions and quantiles are scipy's, imported
when they are needed; what stands here is what scipy and statsmodels lack. Sources in docs/statistics.md.

One rule for NaN and infinity: a statistic of values that are not all finite does not exist. Its interval has no ends, its p
is None; it is neither an error nor a small number, and a correction for many comparisons does not count it. The same holds
for what needs two items and has one.
"""
