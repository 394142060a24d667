"""The page about all notices: overview, lists, search and comparison, which scripts draw from what the API tells."""

from __future__ import annotations

from markupsafe import Markup

from extractor.pages import shell
from extractor.service.desk.desk_pages import Visit, rendered
from extractor.service.desk.desk_words import service_words

_SCRIPTS = (*shell.COLLECTION_SCRIPTS, "desk.js", "news.js", "collected_views.js", "collected.js")


def collected_page(visit: Visit) -> str:
    """Return the frame of the page, with the words that its scripts need."""
    data = shell.data_element({"lang": visit.lang, **service_words()}, id="page-data")
    return rendered("overview.html", visit, _SCRIPTS, data=Markup(data))
