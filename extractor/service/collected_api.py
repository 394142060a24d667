"""The routes about many notices at once: their overview, and lists of what was read in them."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response

from extractor.service.api import ANYWHERE, CurrentService, problems
from extractor.service.http.api_models import ItemPage, ListedItem, ListedSum
from extractor.service.item_queries import ItemPageQuery
from extractor.service.store.fact_store import FactKind, page_of_facts
from extractor.service.store.overview_store import overview_json

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
