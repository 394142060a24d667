"""The project's version: the distribution, the command and the reports read it here."""

__version__ = "0.1.0"
