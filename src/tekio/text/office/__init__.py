"""Office files and mail as HTML: what reads pages then reads them, tables and headings included.

`read_docx`, `read_pptx` and `read_xlsx` take the bytes of a file and give an `OfficeFile` (HTML by section), `read_mail` a
`Mail`. The parts of a package are opened within limits and parsed without entities (`package`); the corpus readers and the
harvester are thin users.
"""
