"""``python -m extractor doctor``: try an endpoint and name what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any
from unicodedata import east_asian_width

import typer

from extractor.commands.endpoint_options import EndpointFlags, with_endpoint_options
from extractor.commands.shared_options import MessagesOption
from extractor.errors import SettingsError
from extractor.messages import said
from extractor.terminal import printable

if TYPE_CHECKING:
    from extractor.assist.labels.label_answer import LabelsAnswer
    from extractor.assist.packs.answer_shapes import Response
    from extractor.assist.proposals.reading_signs import ReadingSigns, SignsSoFar
    from extractor.endpoint.calls import Call
    from extractor.endpoint.doctor import SizedCall
    from extractor.endpoint.doctor_report import DoctorReport, ModeTrial
    from extractor.endpoint.settings import EndpointSettings

TINY = """某水库管理所党支部关于巡察整改进展情况的通报
一、整改进展情况
1.关于“闸门钥匙无人登记”问题的整改。
一是修订《闸门钥匙领用细则》。二是清点旧钥匙40把。
"""
"""An invented notice, asked about as a run asks about any."""

_PLACES = (("闸门班", "值班细则"), ("泵站", "用电办法"), ("堤防队", "巡堤制度"), ("库房", "出入库规定"))
_MATTERS = (("钥匙无人登记", "旧钥匙"), ("工具借出不还", "扳手"), ("台账记录不全", "台账"), ("雨衣发放不公", "雨衣"))
_LARGEST = 1400
"""Tokens of the largest pack that is tried: whoever answers it right is asked more by a run, step by step."""

_COLUMN = 14
_SCHEMAS = {
    True: "one made for each call is taken",
    False: "one made for each call is refused; a run sends the general one",
}
_MOST_MODELS = 12  # that are shown of an endpoint with hundreds


@with_endpoint_options
def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
    lang: MessagesOption = None,  # noqa: ARG001 - chosen before options are parsed
    endpoint: EndpointFlags,
) -> None:
    """Check that the endpoint is reachable, list its models, try each mode, and name what is wrong.

    It makes some twenty requests, with invented notices and the instructions of a run. No answer is kept; how much the
    model takes at once is, so that the next run begins with that.

    Exit status: 0 when some mode works, 1 when none does, 2 for wrong settings.
    """
    import asyncio
    from dataclasses import asdict

    from extractor.assist.proposals.reading_signs import SignsSoFar
    from extractor.endpoint.doctor import capacity_of, examine
    from extractor.endpoint.model_capacity import default_folder, keep_capacity
    from extractor.endpoint.settings import OPENAI_URL

    settings = endpoint.load()
    if settings.api_key is None and settings.base_url == OPENAI_URL:
        raise SettingsError(
            f"no endpoint is set; give --base-url, or, for {OPENAI_URL}, put a key into {settings.api_key_env}"
        )

    with _progress() as watch:
        signs = SignsSoFar()
        report = asyncio.run(examine(settings, _tiny_call(), watch, _sized_calls(signs)))
    if report.best_mode is not None and report.model:
        named = settings.model_copy(update={"model": report.model})
        keep_capacity(default_folder(), named, capacity_of(named, report))
    command = _run_command(endpoint, settings, report, signs.signs)
    if as_json:
        import json

        facts = {**_facts(report), "subjects": asdict(signs.signs.near), "run": command}
        typer.echo(json.dumps(facts, ensure_ascii=False))
    else:
        for line in _lines(report, signs.signs):
            typer.echo(printable(line))
        if command:
            typer.echo(f"\n{said(f'next: {printable(command)}')}")
    if report.best_mode is None:
        raise typer.Exit(1)


def _run_command(flags: EndpointFlags, settings: EndpointSettings, report: DoctorReport, signs: ReadingSigns) -> str:
    """Return the command of a run with the flags that were given and those that are advised; '' where no mode works."""
    import shlex

    from extractor.endpoint.doctor_report import pace_of

    if report.best_mode is None or not report.model:
        return ""
    pace = pace_of(settings, report)
    advised: dict[str, object] = {"base_url": report.address, "model": report.model, "mode": report.best_mode}
    advised |= {name: value for name, value in pace._asdict().items() if value is not None}
    advised |= {"tasks": "fields"} if signs.are_of_a_guesser else {}
    return shlex.join(["python", "-m", "extractor", "run", "NOTICES", *flags.as_words(**advised), "--out", "out"])


def _tiny_call() -> Call[Response]:
    """Return the call that labels a tiny notice."""
    from extractor.assist.labels.label_pack import labels_packs
    from extractor.assist.packs.material import read_first
    from extractor.assist.prompts import call_for

    (pack,) = labels_packs(read_first(TINY, "tiny"))
    return call_for(pack)


def _sized_calls(signs: SignsSoFar) -> list[SizedCall]:
    """Return calls about packs of growing size, the first about one piece, from an invented notice.

    The signs that the model reads are added to ``signs``.
    """
    from extractor.assist.labels.label_pack import labels_packs
    from extractor.assist.labels.label_proposals import subjects_beside
    from extractor.assist.packs.material import read_first
    from extractor.assist.prompts import call_for
    from extractor.assist.proposals.reading_signs import ReadingSigns
    from extractor.assist.tasks import LABELS
    from extractor.endpoint.doctor import SizedCall
    from extractor.endpoint.model_capacity import RUNGS

    issues = "".join(
        f"{number}.关于“{place}{matter}”问题的整改。\n一是修订《{place}{paper}》。二是清点{thing}{40 + number}件。"
        f"三是约谈{place}负责人{1 + number % 3}人次,{thing}已于2023年{1 + number % 12}月退回。\n"
        for number, ((place, paper), (matter, thing)) in enumerate(product(_PLACES, _MATTERS), start=1)
    )
    material = read_first(f"某水库管理所党支部关于巡察整改进展情况的通报\n一、整改进展情况\n{issues}", "sized")

    def sized(tokens: int) -> SizedCall:
        pack = labels_packs(material, tokens)[0]

        def is_whole(answer: LabelsAnswer) -> bool:
            signs.add(ReadingSigns(subjects_beside(material, pack, answer), {}))
            return LABELS.rest(material, pack, answer) is None

        return SizedCall(tokens, call_for(pack), is_whole)

    return [sized(tokens) for tokens in RUNGS if tokens <= _LARGEST]


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows on a terminal what is being tried."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda step: status.update(f"{said(step)} …")


def _lines(report: DoctorReport, signs: ReadingSigns) -> Iterator[str]:
    """Yield the report for people, line by line."""
    yield _row("endpoint", f"{report.address}{'' if report.reached else ' cannot be reached'}")
    if report.models is not None:
        more = f" and {len(report.models) - _MOST_MODELS} more" if len(report.models) > _MOST_MODELS else ""
        listed = ", ".join(report.models[:_MOST_MODELS])
        yield _named("models", listed + said(more)) if listed else _row("models", "it lists none")
    elif report.reached:
        yield _row("models", "it lists none")
    if report.model:
        yield _named("model", report.model)
        yield _row("trust", _of_trust(report.model))
    for trial in report.modes:
        yield _row(trial.mode, _of_mode(trial))
    if report.takes_pack_schema is not None:
        yield _row("schema", _SCHEMAS[report.takes_pack_schema])
    if report.best_mode:
        yield from _of_best_mode(report)
    if signs.sentence:
        yield _row("subjects", signs.sentence)
    advice = report.suggestions
    if signs.are_of_a_guesser:
        advice = (
            "labels: leave to the rules, and ask about the notice itself alone: --tasks fields",
            *advice,
        )
    for heading, lines in (("What is wrong:", report.diagnoses), ("What to do:", advice)):
        if lines:
            yield from ("", said(heading), *(f"- {said(line)}" for line in lines))


def _of_trust(model: str) -> str:
    """Return which table decides between the rules and a model."""
    from extractor.trust_tables import table_of, told

    return told(table_of(model), model)


def _of_mode(trial: ModeTrial) -> str:
    schema = {True: "; the schema is obeyed", False: "; the schema is ignored", None: ""}[trial.obeys_schema]
    if not trial.works:
        return f"does not work: {trial.sentence}{schema}"
    again = f" and {trial.requests} requests" if trial.requests > 1 else ""
    odd = f"; odd: {', '.join(trial.oddities)}" if trial.oddities else ""
    return f"works, in {trial.seconds:.1f} s{again}{schema}{odd}"


def _of_best_mode(report: DoctorReport) -> Iterator[str]:
    """Yield the speed of the endpoint and the length of its context."""
    if report.cold is None:
        yield _row("speed", "unknown: it does not stream")
    else:
        again = f", {report.warm.first_token:.2f} s with the same prompt again" if report.warm else ""
        yield _row("first token", f"{report.cold.first_token:.2f} s{again}")
        rate = report.rate
        yield _row("speed", f"{rate:.0f} tokens a second" if rate else "unknown: the answer came at once")
    cached = report.warm.cached if report.warm else 0
    found = {True: "works", False: "none: a prompt's beginning is read anew each time", None: "unknown"}
    yield _row("prefix cache", found[report.has_prefix_cache] + (f", {cached:,} tokens were known" if cached else ""))
    if report.right_sizes or report.wrong_size:
        yield _row("at once", _of_sizes(report))
    if report.at_once:
        yield _row("side by side", f"{report.at_once} calls" if report.at_once > 1 else "one call at a time")
    if report.context:
        yield _row("context", f"{report.context:,} tokens")
    elif report.long_prompt:
        size, works = f"{report.long_tokens:,}", report.long_prompt.works
        how = f"a prompt of about {size} tokens was taken" if works else f"a prompt of about {size} tokens failed"
        yield _row("context", f"it does not say; {how}")


def _of_sizes(report: DoctorReport) -> str:
    """Return how much the model answers right at once, in words."""
    if not report.right_sizes:
        return "not even one measure is answered in full each time; a run asks one by one"
    most = max(report.right_sizes)
    right = "one measure at a time" if most == 1 else f"packs of {most:,} tokens are answered in full"
    wrong = f", of {report.wrong_size:,} not; a run asks no more at once" if report.wrong_size else ""
    return right + wrong


def _row(name: str, sentence: str) -> str:
    """Return a line of the report, in the language of messages."""
    return _named(name, said(sentence))


def _named(name: str, words: str) -> str:
    """Return a line of the report with words that stay as they are."""
    label = said(name)
    width = sum(1 + (east_asian_width(character) in "WF") for character in label)
    return f"{label}{' ' * (_COLUMN - width)}{words}"


def _facts(report: DoctorReport) -> dict[str, Any]:
    """Return the report for programs: its own fields, and what follows from them."""
    from dataclasses import asdict

    return {
        **asdict(report),
        "best_mode": report.best_mode,
        "obeys_schema": report.obeys_schema,
        "has_prefix_cache": report.has_prefix_cache,
    }
