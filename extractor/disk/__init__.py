"""Writing to disk so that nothing is torn, nothing is left over, and nothing of anybody else's is touched."""
