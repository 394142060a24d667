"""``python -m extractor gold``: check label files, start a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.errors import InputError

app = typer.Typer(help="Check gold labels; start the labels of a new notice.", no_args_is_help=True)


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder with labels/ and notices/, or of label files.")] = Path("gold"),
    texts: Annotated[Path | None, typer.Option(help="Folder of the labelled texts. [default: notices/]")] = None,
) -> None:
    """Check every label file against its text. Exit 1 where one has a mistake."""
    from eval.checking import check_folder

    faults = 0
    for report in check_folder(folder, texts):
        for line in report.lines:
            typer.echo(line)
        faults += report.faults
    if faults:
        typer.echo(f"{faults} mistakes")
        raise typer.Exit(1)


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="The notice: any format that `run` reads.")],
    gold: Annotated[Path, typer.Option(help="Folder with labels/ and notices/.")] = Path("gold"),
    annotator: Annotated[str, typer.Option(help="Who labels.")] = "",
) -> None:
    """Start a label file: segmented by the rules, every judgement left open, marked as a draft."""
    from eval.labels import read_text, write_labels
    from eval.predictions import by_rules
    from extractor.files.ingest import read_text as ingest_text
    from extractor.files.naming import slug
    from extractor.files.source import Source

    notice_id = slug(file.stem)
    labels, text_file = gold / "labels" / f"{notice_id}.yaml", gold / "notices" / f"{notice_id}.txt"
    if labels.exists():
        raise InputError(f"{labels}: there already is a label file for this notice")
    text = ingest_text(Source(str(file))).text
    if text_file.exists() and read_text(text_file) != text:
        raise InputError(f"{text_file}: holds another version of this notice's text")
    notice = by_rules(notice_id, text)
    content = write_labels(notice, text, annotator=annotator, status="draft", judged=False)
    for path, written in ((text_file, text), (labels, content)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written, encoding="utf-8", newline="\n")
    measures = sum(len(issue.measures) for issue in notice.issues)
    typer.echo(f"wrote {labels}: {len(notice.issues)} issues and {measures} measures to judge")
