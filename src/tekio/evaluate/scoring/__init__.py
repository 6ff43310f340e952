"""From requests to scores: token ids, batches, likelihoods, generated answers."""
