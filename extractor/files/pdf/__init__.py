"""PDF files as plain text, by the place of each character on its page."""
