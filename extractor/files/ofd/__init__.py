"""The reader of OFD, the fixed page format of the Chinese state (GB/T 33190-2016)."""
