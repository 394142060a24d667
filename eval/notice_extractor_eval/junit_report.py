"""An evaluation as JUnit XML, so that any CI shows a failing field by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from notice_extractor_eval.guard import INVENTED, Breach
from notice_extractor_eval.score_fields import ROWS
from notice_extractor_eval.score_metrics import Metrics

# Characters that no XML 1.0 document may hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(metrics: Metrics, broken: Sequence[Breach] = ()) -> str:
    """Return one test a field that occurs, and one for invented values; a breach of a threshold is a failure."""
    low = {breach.field: str(breach) for breach in broken}
    names = [name for name, found in metrics["fields"].items() if found["tp"] + found["fp"] + found["fn"] > 0]
    names.append(INVENTED)
    suite = ET.Element("testsuite", name="eval", tests=str(len(names)), failures=str(len(low)), errors="0")
    for name in names:
        case = ET.SubElement(suite, "testcase", classname="eval", name=name)
        if name in low:
            head, *rest = _clean(low[name]).splitlines()
            ET.SubElement(case, "failure", message=head).text = "\n".join(rest)
        ET.SubElement(case, "system-out").text = _clean(_numbers(metrics, name))
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _numbers(metrics: Metrics, name: str) -> str:
    if name == INVENTED:
        return f"{metrics['invented']['count']} invented values"
    found = metrics["fields"][name]
    ratios = " ".join(f"{key} {found[key]:.4f}" for key in ("precision", "recall", "f1"))
    return f"{ROWS[name].en}: {ratios} support {found['support']:g}"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
