"""Files on disk: written whole or not at all, in folders of our own, and nothing left over."""
