"""HTML pages as plain text: what a browser shows, and the article in it."""
