"""What the review of records and the blind judging of answers share: decisions on disk, who decides, the page and its server."""
