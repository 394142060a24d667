"""The rules: from a notice's text to its reading, its record and the doubts about it."""
