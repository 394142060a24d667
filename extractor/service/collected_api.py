"""The routes about many notices at once: their overview, and lists of what was read in them."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response

from extractor.service.api import ANYWHERE, CurrentService, problems
from extractor.service.http.api_models import ItemPage, ListedItem, ListedSum, NoticeHit, SearchPage, SentenceHit
from extractor.service.item_queries import ItemPageQuery
from extractor.service.store.fact_store import FactKind, page_of_facts
from extractor.service.store.overview_store import overview_json
from extractor.service.store.sentence_store import search_sentences

router = APIRouter(responses=ANYWHERE)


@router.get("/v1/overview", response_class=Response)
async def get_overview(service: CurrentService) -> Response:
    """Return all notices in short: their fields, what they are the same as, and how many items of each sort they have.

    The numbers are those of the corrected records; they are the ones that the overview's page shows.
    """
    told = await service.run_heavy(overview_json, service.database)
    return Response(f'{{"notices":{told}}}', media_type="application/json")


@router.get("/v1/items/{kind}", responses=problems(_422="A filter is not understood."))
async def list_items(kind: FactKind, service: CurrentService, asked: Annotated[ItemPageQuery, Query()]) -> ItemPage:
    """List the items of a kind in all notices, as people corrected them, each with its words in the text.

    Without `copies` a notice that is the same as another is left out.
    """
    found = partial(page_of_facts, order=asked.order, limit=asked.limit, offset=asked.offset)
    page = await service.run_heavy(found, service.database, kind, asked.wanted())
    sums = [ListedSum(sum=s, unit=u, value=v, counted=n, left_out=m) for s, u, v, n, m in page.sums]
    items = [ListedItem(**fact._asdict()) for fact in page.facts]
    return ItemPage(total=page.total, present=page.present, sums=sums, items=items)


@router.get("/v1/search", responses=problems(_422="The words are too long."))
async def search(
    service: CurrentService,
    q: Annotated[str, Query(max_length=200, description="Words, in any order.")],
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> SearchPage:
    """Find the notices that have all the words, each with the sentences that have most of them."""
    found = partial(search_sentences, limit=limit, offset=offset)
    told = await service.run_heavy(found, service.database, q)
    hits = [
        NoticeHit(
            notice_id=each.notice_id,
            title=each.title,
            edition=each.edition,
            sentences=[SentenceHit(**sentence._asdict()) for sentence in each.sentences],
            further=each.further,
        )
        for each in told.notices
    ]
    return SearchPage(total=told.total, notices=hits)
