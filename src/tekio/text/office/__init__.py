"""Office files and mail as HTML: what reads pages then reads them, tables and headings included.

Each function takes the bytes of a file and gives HTML text (`docx_html`, `pptx_html`, `xlsx_html`, `mail_html`). The parsers are
python-docx, python-pptx and openpyxl; before one of them sees a file, its ZIP is checked against limits.
"""
