"""Help by message: what each message means that ends a command. `python -m tekio.troubleshooting docs` writes the pages."""
