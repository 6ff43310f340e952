"""Two models' answers judged blind, by people on a local page and perhaps by a model of one's own. See docs/report.md."""
