"""One worked example of each part that a package can bring to Tekio (docs/plugins.md)."""
