"""From scores to results: metrics, comparisons, the published board, files."""
