"""Personal data in Japanese text: where it can be, what it is, names in lists of persons."""
