"""``python -m extractor gold``: check label files, start a new one, take reviewed notices over from the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.line_output import say
from extractor.errors import InputError

app = typer.Typer(help="Check gold labels; start those of a new notice; take reviewed notices.", no_args_is_help=True)


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder with labels/ and notices/, or of label files.")] = Path("gold"),
    texts: Annotated[Path | None, typer.Option(help="Folder of the labelled texts. [default: notices/]")] = None,
) -> None:
    """Check every label file against its text. Exit 1 where one has a mistake."""
    from notice_extractor_eval.gold_check import check_folder

    faults = 0
    for report in check_folder(folder, texts):
        for line in report.lines:
            say(line)
        faults += report.faults
    if faults:
        say(f"{faults} mistakes")
        raise typer.Exit(1)


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="The notice: any format that `run` reads.")],
    gold: Annotated[Path, typer.Option(help="Folder with labels/ and notices/.")] = Path("gold"),
    annotator: Annotated[str, typer.Option(help="Who labels.")] = "",
) -> None:
    """Start a label file: segmented by the rules, every judgement left open, marked as a draft."""
    from extractor.disk.whole import oddity, write_texts
    from extractor.files.ingest import read_text as ingest_text
    from extractor.files.notice_ids import slug
    from extractor.files.sources.source import Source
    from extractor.labels.label_file import read_text, write_labels
    from extractor.pipeline import extract

    notice_id = slug(file.stem)
    labels, text_file = gold / "labels" / f"{notice_id}.yaml", gold / "notices" / f"{notice_id}.txt"
    for path in (labels, text_file):
        if odd := oddity(path):
            raise InputError(f"{path}: {odd}; move it away")
    if labels.exists():
        raise InputError(f"{labels}: there already is a label file for this notice")
    text = ingest_text(Source(str(file))).text
    if text_file.exists() and read_text(text_file) != text:
        raise InputError(f"{text_file}: holds another version of this notice's text")
    notice = extract(text, notice_id=notice_id)
    content = write_labels(notice, text, annotator=annotator, status="draft", judged=False)
    write_texts({text_file: text, labels: content}, within=gold, advice="choose another folder with --gold")
    measures = sum(len(issue.measures) for issue in notice.issues)
    say(f"wrote {labels}: {len(notice.issues)} issues and {measures} measures to judge")


@app.command()
def export(
    data: Annotated[Path, typer.Option(metavar="DIR", help="The service's folder; it may be running.")] = Path(
        "served"
    ),
    to: Annotated[Path, typer.Option(metavar="DIR", help="Folder with labels/ and notices/.")] = Path("reviewed"),
    replace: Annotated[bool, typer.Option("--replace", help="Write label files anew that say something else.")] = False,
) -> None:
    """Write the notices whose review is finished as label files, which `gold check` accepts.

    Exit 1 where one could not be written: its labels there say something else, or fit no label file.
    """
    from extractor.review.review_labels import written_labels
    from extractor.service.store.database import open_existing
    from extractor.service.store.review_store import finished_reviews

    written = refused = 0
    with open_existing(data / "notices.sqlite") as database:
        for found in finished_reviews(database):
            try:
                path = written_labels(found.record, found.text, found.review, to, replaces=replace)
            except InputError as error:
                say(f"error: {error}", err=True)
                refused += 1
                continue
            say(f"wrote {path}")
            written += 1
    say(f"{written} reviewed notices in {to}" + (f", {refused} not written" if refused else ""))
    if refused:
        raise typer.Exit(1)
