"""Whether text and evaluation items meet: one matcher for corpus, instruct and evaluate."""
