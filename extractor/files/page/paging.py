"""Articles that a site shows on several pages, of which a file holds one: recognised by the links to the others."""

from __future__ import annotations

import re
from typing import Any

from extractor.data import read_table

Element = Any  # lxml has no types of its own

_NUMBERED = re.compile(r"(?i)[_-]\d{1,3}\.(?:s?html?|jhtml|aspx?|jspx?|php)|[?&/](?:page(?:no|num|index)?|p|pn)[=/_]\d")
_NUMBER = re.compile(r"\[?([0-9]{1,3})\]?")
_BY_SCRIPT = re.compile(r"(?i)createPage(?:HTML|Nav\w*)\s*\(\s*['\"]?([0-9]{1,3})['\"]?\s*,")
_LONGEST = 8  # code points of such a link
_AROUND = 3  # elements around a link in which other links to pages stand


def other_pages(root: Element) -> list[str]:
    """Return the addresses of the article's other pages, by links to the next or the last one; [] for one page.

    A link whose words lead to the next page counts where its address has a page's number, or where links with
    numbers stand around it: some sites call the next article the next page. Content systems of the state's sites (TRS)
    write such links by a script that is called with the number of pages.
    """
    counted = (int(match[1]) for script in root.iter("script") for match in _BY_SCRIPT.finditer(script.text or ""))
    if (most := max(counted, default=0)) > 1:
        return [f"1–{most}"]
    words = frozenset(read_table("page_furniture")["paging_words"])
    links = [(link, "".join("".join(link.itertext()).split()).strip("<>«»‹›")) for link in root.iter("a")]
    return [
        link.get("href", "") for link, text in links if text in words and len(text) <= _LONGEST and _is_paging(link)
    ]


def _is_paging(link: Element) -> bool:
    if _NUMBERED.search(link.get("href", "")):
        return True
    block, numbers = link, set[str]()
    for _ in range(_AROUND):
        block = block.getparent() if block.getparent() is not None else block
        texts = (
            "".join("".join(each.itertext()).split()) for each in block.iter("a", "span", "b", "strong", "em", "li")
        )
        numbers |= {match[1] for text in texts if (match := _NUMBER.fullmatch(text))}
    return {"1", "2"} <= numbers
