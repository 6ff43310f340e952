"""Retrieval as the baseline to beat: the same questions with the passages a search finds, or with the right one."""
