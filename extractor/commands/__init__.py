"""The commands: one module each, which parses options, calls the rooms below and prints."""
