"""Optional help from a language model of one's own: drafts of records, always marked for review. See docs/review.md."""
