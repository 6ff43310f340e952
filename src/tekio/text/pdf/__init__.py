"""PDF files: a process of its own that reads them, and the order of what stands on a page."""
