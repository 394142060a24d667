"""The outline: how a notice is parted into issues and measures, read from its enumerators and headings."""
