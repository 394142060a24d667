"""A notice's text: folded for the rules, in normal form for comparisons, its places, numbers and word lists."""
