"""Three readers with the same model, for ``bench_model.py``: ours, a plain Instructor call, and LangExtract.

Each reads all notices at once, as a user would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import cache, partial
from importlib.util import find_spec
from types import GenericAlias
from typing import Any, NamedTuple, Protocol, get_args, get_origin

from bench_model_items import Found, found_in
from notice_extractor_eval.gold_folder import Example
from pydantic import BaseModel, create_model

from extractor.assist.proposals.witnesses import eager
from extractor.endpoint.client import Endpoint
from extractor.endpoint.settings import EndpointSettings
from extractor.model_source import NoticeModel
from extractor.pipeline import extract_with_model
from extractor.record.contract import Issue, Notice, Span

CONCURRENCY = 64
PATIENCE = 3600.0  # seconds for one answer: what a whole notice takes in one is beyond the usual ten minutes
HOW_TO_INSTALL = "python -m pip install 'langextract[openai]>=1.7,<1.8'"


class Read(NamedTuple):
    """What a reader made of notices, by notice: what it found, and, if it writes such, the contract's record."""

    found: Mapping[str, list[Found]]
    records: Mapping[str, Notice] = {}


class Reader(Protocol):
    """Reads notices with the model at an address."""

    def __call__(self, base_url: str, notices: Sequence[Example]) -> Read:
        """Return what is found in the notices."""


def readers() -> dict[str, Reader]:
    """Return the readers that can be run here, by name."""
    found: dict[str, Reader] = {
        "assisted": partial(ours, finds_issues=False),
        "model": partial(ours, finds_issues=True),
        "instructor": instructor,
    }
    if find_spec("langextract"):
        many = {"max_workers": CONCURRENCY, "batch_length": CONCURRENCY}
        found["langextract"] = partial(langextract, workers={}, tokenizer=None)
        found["langextract-64"] = partial(langextract, workers=many, tokenizer=None)
        # The usual one takes a run of Chinese characters for one word: places begin and end with it.
        found["langextract-64-unicode"] = partial(langextract, workers=many, tokenizer="UnicodeTokenizer")
    return found


# --- ours -------------------------------------------------------------------------------------------------------------


def ours(base_url: str, notices: Sequence[Example], *, finds_issues: bool) -> Read:
    """Read notices as a run does."""
    settings = EndpointSettings(
        base_url=base_url,
        model="gold",
        mode="json_schema",
        concurrency=CONCURRENCY,
        timeout=PATIENCE,
        temperature=None,
        # As at an endpoint elsewhere, over many notices; a pack's own schema goes to grammars and not into the prompt.
        prefer="cheap",
        pack_tokens=5500,
        pack_schema="off",
    )

    async def read() -> dict[str, Notice]:
        async with Endpoint(settings) as endpoint:
            model = NoticeModel(endpoint, None)
            read = await asyncio.gather(
                *(
                    extract_with_model(text, model, notice_id=gold.notice_id, finds_issues=finds_issues, trust=eager())
                    for gold, text in notices
                )
            )
        if failures := [failure for each in read for failure in each.failures]:
            raise failures[0]
        return {each.notice.notice_id: each.notice for each in read}

    records = asyncio.run(read())
    texts = {gold.notice_id: text for gold, text in notices}
    found = {notice_id: found_in(record, texts[notice_id]) for notice_id, record in records.items()}
    return Read(found, records)


# --- a plain Instructor call ------------------------------------------------------------------------------------------

_LEFT_OUT = ("spans", "read_by", "checks", "outline", "contract_version", "text_sha256", "notice_id")
_INSTRUCTION = "Extract the notice's record: its issues in printed order, and their measures."


def instructor(base_url: str, notices: Sequence[Example]) -> Read:
    """Ask one question a notice, with the contract as response model."""
    import instructor
    import openai

    async def read() -> list[Any]:
        async with openai.AsyncOpenAI(base_url=base_url, api_key="none", timeout=PATIENCE, max_retries=0) as client:
            create = instructor.from_openai(client).chat.completions.create
            asked = []
            for _, text in notices:
                messages: Any = [{"role": "system", "content": _INSTRUCTION}, {"role": "user", "content": text}]
                asked.append(create(model="gold", response_model=in_words(Notice), messages=messages))
            return list(await asyncio.gather(*asked))

    answered = zip(notices, asyncio.run(read()), strict=True)
    return Read({gold.notice_id: list(_looked_up(record, text)) for (gold, text), record in answered})


@cache
def in_words(model: type[BaseModel]) -> type[BaseModel]:
    """Return a type of the contract in a form that a model can fill.

    A model cannot count characters: quoted words replace offsets, and what code adds is left out. So is an issue's
    text, which its title and its measures hold.
    """
    fields: dict[str, Any] = {
        name: (_annotation_in_words(field.annotation), copy(field))
        for name, field in model.model_fields.items()
        if name not in _LEFT_OUT and (model, name) != (Issue, "text")
    }
    return create_model(model.__name__, **fields)


def _annotation_in_words(annotation: Any) -> Any:
    if annotation is Span:
        return str
    if get_origin(annotation) is list:
        return GenericAlias(list, (_annotation_in_words(get_args(annotation)[0]),))
    return in_words(annotation) if isinstance(annotation, type) and issubclass(annotation, BaseModel) else annotation


def _looked_up(record: Any, text: str) -> Iterator[Found]:
    """Look the words up where they are likely: each behind the last one, and in its measure."""
    behind = 0
    for issue in record.issues:
        title = _found(text, "issue", issue.title, behind, len(text))
        yield title
        behind = title.place[1] if title.place else behind
        for measure in issue.measures:
            whole = _found(text, "measure", measure.text, behind, len(text))
            yield whole
            behind = whole.place[1] if whole.place else behind
            for kind, held in (
                ("figure", measure.quantities),
                ("date", measure.dates),
                ("document", measure.documents),
            ):
                start, end = whole.place or (0, 0)
                for each in held:
                    found = _found(text, kind, each.text, start, end)
                    yield found
                    start = found.place[1] if found.place else start


def _found(text: str, kind: str, words: str, start: int, end: int) -> Found:
    place = text.find(words, start, end)
    return Found(kind, words, (place, place + len(words)) if place >= 0 else None)


# --- LangExtract ------------------------------------------------------------------------------------------------------

_DESCRIPTION = """\
Extract from a rectification notice, in order of appearance and in its exact words: each issue (the finding that a
heading names), each measure (the smallest numbered unit of its answer, without the number), and in each measure every
figure with its unit, every date, and the title of every document."""
_EXAMPLE = "1.关于“河道保洁不力”问题的整改。一是印发《护河办法》,2021年5月镇河长办组织巡河40余次。"
_EXTRACTED: Sequence[tuple[str, str, Mapping[str, Any]]] = (
    ("issue", "河道保洁不力", {"category": "environment", "status": "unspecified"}),
    (
        "measure",
        "印发《护河办法》,2021年5月镇河长办组织巡河40余次。",
        {"types": ["regulation", "inspection"], "status": "completed", "organizations": ["镇河长办"]},
    ),
    ("document", "护河办法", {"action": "issued"}),
    ("date", "2021年5月", {"value": "2021-05"}),
    ("figure", "40余次", {"subject": "巡河", "qualifier": "over"}),
)


def langextract(
    base_url: str, notices: Sequence[Example], *, workers: Mapping[str, int], tokenizer: str | None
) -> Read:
    """Have LangExtract cut the notices into chunks and ask about each, with its own settings but for those given."""
    import langextract as lx

    extracted = [
        lx.data.Extraction(extraction_class=kind, extraction_text=words, attributes=dict(attributes))
        for kind, words, attributes in _EXTRACTED
    ]
    annotated = lx.extract(
        [lx.data.Document(text=text, document_id=gold.notice_id) for gold, text in notices],
        prompt_description=_DESCRIPTION,
        examples=[lx.data.ExampleData(text=_EXAMPLE, extractions=extracted)],
        model_id="gpt-4o-mini",  # its name leads to the OpenAI provider
        api_key="none",
        language_model_params={"base_url": base_url},
        tokenizer=getattr(lx.tokenizer, tokenizer)() if tokenizer else None,
        # About the example: that its words, too, are no words to the usual tokenizer.
        prompt_validation_level=lx.prompt_validation.PromptValidationLevel.OFF,
        show_progress=False,
        **workers,
    )
    return Read({each.document_id: list(map(_aligned, each.extractions or ())) for each in annotated})


def _aligned(extraction: Any) -> Found:
    interval = extraction.char_interval
    place = (interval.start_pos, interval.end_pos) if interval and interval.start_pos is not None else None
    return Found(extraction.extraction_class, extraction.extraction_text, place)
