"""The routes about many notices at once: their overview, and lists of what was read in them."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.responses import FileResponse
from pydantic import Field

from extractor.collection.recurring import MOST_COMPARED, ComparedFinding, ComparedMeasure, FindingStrand
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
    SearchPage,
    SentenceHit,
    StrandItem,
)
from extractor.service.item_queries import ItemOrderQuery, ItemPageQuery
from extractor.service.store import notice_store
from extractor.service.store.comparison_store import compare_notices
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
    told = await service.of_all(overview_json, service.database)
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
        await service.of_all(_written, service, kind, asked, path)
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
    page = await service.of_all(found, service.database, kind, asked.wanted())
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
    told = await service.of_all(found, service.database, q)
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


@router.get(
    "/v1/comparison", responses=problems(_404="There is no such notice.", _422="These notices cannot be compared.")
)
async def compare(
    service: CurrentService,
    notice: Annotated[
        list[Annotated[str, Field(max_length=200)]],
        Query(min_length=2, max_length=MOST_COMPARED, description="The ids of notices, the earliest first."),
    ],
) -> ComparedNotices:
    """Compare notices: which findings come again, which measures go on, what was open last and what became of it."""
    if len(set(notice)) < len(notice):
        raise HTTPException(422, "notice: the same id is given twice; give each once")
    try:
        found = await service.of_all(_compared, service, notice)
    except InputError as error:
        raise HTTPException(422, str(error)) from error
    return ComparedNotices(notices=notice, findings=[_strand(each, len(notice)) for each in found])


def _compared(service: Service, notice_ids: list[str]) -> list[FindingStrand]:
    for notice_id in notice_ids:
        if notice_store.stored_record(service.database, notice_id) is None:
            raise HTTPException(404, "there is no such notice")
    return compare_notices(service.database, notice_ids)


def _strand(strand: FindingStrand, many: int) -> StrandItem:
    sides = {at: _side(finding) for at, finding in strand.told.items()}
    return StrandItem(
        told=[sides.get(at) for at in range(many)],
        likeness=round(strand.likeness, 2),
        measures=[[_measure(each.get(at)) for at in range(many)] for each in strand.measures],
    )


def _side(finding: ComparedFinding) -> FindingSide:
    measures = [MeasureSide(**measure._asdict()) for measure in finding.measures]
    return FindingSide(**{**finding._asdict(), "measures": measures}, is_open=finding.is_open)


def _measure(measure: ComparedMeasure | None) -> MeasureSide | None:
    return MeasureSide(**measure._asdict()) if measure else None
