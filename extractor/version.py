"""The project's version, stated once: the distribution, the command and the reports take it from here."""

__version__ = "0.1.0"
