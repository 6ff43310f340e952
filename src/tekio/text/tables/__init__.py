"""Tables of documents, whatever their format: a grid with spans expanded, its headers, and its renderings as text."""
