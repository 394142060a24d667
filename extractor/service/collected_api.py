"""The routes about many notices at once: their overview, and lists of what was read in them."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.responses import FileResponse

from extractor.collection.recurring import ComparedFinding
from extractor.errors import InputError
from extractor.service.api import ANYWHERE, CurrentService, problems
from extractor.service.export_answers import export_answer, export_folder
from extractor.service.http.api_models import (
    ComparedNotices,
    FindingSide,
    ItemPage,
    ListedItem,
    ListedSum,
    MeasureSide,
    NoticeHit,
    RecurringItem,
    SearchPage,
    SentenceHit,
)
from extractor.service.item_queries import ItemOrderQuery, ItemPageQuery
from extractor.service.store import notice_store
from extractor.service.store.comparison_store import NoticeComparison, compare_notices
from extractor.service.store.fact_store import FactKind, all_facts, page_of_facts
from extractor.service.store.overview_store import overview_json
from extractor.service.store.sentence_store import search_sentences
from extractor.service.work.item_files import ItemEnding, write_items
from extractor.service.work.service_parts import Service

router = APIRouter(responses=ANYWHERE)


@router.get("/v1/overview", response_class=Response)
async def get_overview(service: CurrentService) -> Response:
    """Return all notices in short: their fields, what they are the same as, and how many items of each sort they have.

    The numbers are those of the corrected records; they are the ones that the overview's page shows.
    """
    told = await service.run_heavy(overview_json, service.database)
    return Response(f'{{"notices":{told}}}', media_type="application/json")


@router.get(
    "/v1/items/{kind}.{ending}",
    response_class=FileResponse,
    responses=problems(
        _403="A page of another site sent this.",
        _422="A filter is not understood, or there are no such items, or more than a sheet holds.",
        _501="This format is not available here.",
    ),
)
async def download_items(
    kind: FactKind, ending: ItemEnding, service: CurrentService, asked: Annotated[ItemOrderQuery, Query()]
) -> FileResponse:
    """Return a list of items as a file with the rows that the list has, all of them and in its order."""
    async with export_folder(service) as place:
        path = place / f"{kind}.{ending}"
        await service.run_heavy(_written, service, kind, asked, path)
    return export_answer(path, place)


def _written(service: Service, kind: FactKind, asked: ItemOrderQuery, path: Path) -> None:
    found = all_facts(service.database, kind, asked.wanted(), asked.order)
    with closing(found):
        first = next(found, None)
        if first is None:
            raise InputError("the list is empty: there is nothing to write; choose other filters")
        write_items(chain([first], found), kind, path, service.lang)


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


@router.get("/v1/comparison", responses=problems(_404="There is no such notice.", _422="An id is missing."))
async def compare(
    service: CurrentService,
    earlier: Annotated[str, Query(max_length=200, description="The id of a notice.")],
    later: Annotated[str, Query(max_length=200, description="The id of another one.")],
) -> ComparedNotices:
    """Compare two notices: which findings come again, which measures go on, what was open, and what is new."""
    found = await service.run_heavy(_compared, service, earlier, later)
    return ComparedNotices(
        recurring=[
            RecurringItem(
                earlier=_side(each.earlier),
                later=_side(each.later),
                likeness=round(each.likeness, 2),
                measures=[(MeasureSide(**a._asdict()), MeasureSide(**b._asdict())) for a, b in each.measures],
            )
            for each in found.recurring
        ],
        only_earlier=list(map(_side, found.only_earlier)),
        only_later=list(map(_side, found.only_later)),
    )


def _compared(service: Service, earlier: str, later: str) -> NoticeComparison:
    for notice_id in (earlier, later):
        if notice_store.stored_record(service.database, notice_id) is None:
            raise HTTPException(404, "there is no such notice")
    return compare_notices(service.database, earlier, later)


def _side(finding: ComparedFinding) -> FindingSide:
    measures = [MeasureSide(**measure._asdict()) for measure in finding.measures]
    return FindingSide(**{**finding._asdict(), "measures": measures}, is_open=finding.is_open)
