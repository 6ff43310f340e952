"""What stands more than once: documents, passages, boilerplate."""
