"""Word documents as plain text, with the numbers that Word prints and does not store."""
