"""From a file to plain text: formats, charsets, archives, limits, and an account of what a text lacks of its file."""
