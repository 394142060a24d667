"""Runs with a model in the test's own process, what they leave behind, and notices for them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from cli_examples import notices, report
from fake_endpoint import Serving
from planted import notice

from extractor.cli import main

OPENING = (
    "根据县委统一部署,2023年3月1日至4月20日,县委第二巡察组对青禾镇党委开展了巡察,并于5月9日反馈了意见。"
    "镇党委召开专题会议6次。现将整改进展情况通报如下:"
)
_FILL = "值班人员逐日登记水位流速和漂浮物情况并当场处理。" * 12


def long(*broken: int) -> str:
    """A notice of sixteen issues with two measures each, in two packs; those ``broken`` (from 1) speak of 断桥."""
    lines = []
    for number in range(1, 17):
        what = "断桥" if number in broken else "河段"
        lines += [
            f"{number}.关于“第{number}处{what}养护不力”问题的整改。",
            f"一是印发《第{number}处{what}养护办法》,组织巡查{number + 2}次。{_FILL}",
            f"二是约谈第{number}处{what}的养护单位负责人{number + 1}人,追回经费{number}万元。{_FILL}",
        ]
    return notice(*lines, opening=OPENING)


SHORT = notice(
    "1.关于“资金管理不严”问题的整改。",
    "一是强化制度建设。印发《资金管理办法》,举办培训班3期,培训120余人。",
    "二是镇财政所牵头清理账目,追缴违规资金1.5万元,给予党纪处分2人。",
    opening=OPENING.replace("6次", "5次"),
)
POOR = f"""青禾镇党委关于巡察整改进展情况的通报
{OPENING}
学习的事
镇党委每月组织一次集中学习,已办班3期。
账目的事
镇财政所清理账目5笔,追回资金1.5万元。
约谈责任人2人。
中共青禾镇委员会
2024年1月15日
"""
"""A notice without enumerators and frames, which no rule reads."""


class Runs:
    """Runs in a folder that ask a server, each with a cache of its own unless one is named."""

    def __init__(self, server: Serving, folder: Path) -> None:
        self.server = server
        self.folder = folder

    def run(
        self,
        *files: str,
        status: int = 0,
        out: str | None = None,
        cache: str | None = None,
        options: Sequence[str] = (),
    ) -> Path:
        """Run over the folder's ``files``, expect the exit ``status``, and return the output folder."""
        target = self.folder / out if out else self._unused("out")
        kept = self.folder / cache if cache else self._unused("cache")
        where = ["--out", str(target), "--cache-dir", str(kept)]
        whom = ["--base-url", self.server.base_url, "--model", "fake"]
        assert main(["run", *(str(self.folder / file) for file in files), *where, *whom, *options]) == status
        return target

    def by_rules(self, *files: str) -> Path:
        """Run over the folder's ``files`` with the rules alone."""
        target = self._unused("out")
        paths = [str(self.folder / file) for file in files]
        assert main(["run", *paths, "--out", str(target), "--backend", "rules"]) == 0
        return target

    def _unused(self, name: str) -> Path:
        return next(path for number in count(1) if not (path := self.folder / f"{name}{number}").exists())


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what suits servers that fail on purpose: hardly any wait before a repetition, no probing."""
    monkeypatch.setenv("EXTRACTOR_BACKOFF", "0.001")
    monkeypatch.setenv("EXTRACTOR_MODE", "json_schema")


def written(out: Path) -> dict[str, bytes]:
    """What a run's folder says of its notices: ``notices.jsonl`` and the texts, by name."""
    texts = {f"texts/{path.name}": path.read_bytes() for path in sorted((out / "texts").iterdir())}
    return {"notices.jsonl": (out / "notices.jsonl").read_bytes(), **texts}


def bodies(server: Serving) -> list[str]:
    """What was asked since the last script, one text a request, in the order of the requests."""
    return [json.dumps(entry["body"], sort_keys=True) for entry in server.log()]


def issues(out: Path, number: int = 0) -> list[str]:
    """The issues of a run's notice, each as JSON."""
    return [json.dumps(issue, ensure_ascii=False) for issue in notices(out)[number]["issues"]]


def left_to_rules(out: Path, number: int = 0) -> set[int]:
    """The issues of which a run's notice says that no model answered for them."""
    failed: set[int] = set()
    for check in notices(out)[number]["checks"]:
        if check["code"] == "model_failed" and check["path"]:
            found = re.search(r"(\d+)-(\d+)", check["message"])
            assert found, check
            first, last = int(found[1]) - 1, int(found[2]) - 1
            assert check["path"] == f"issues[{first}]"
            failed |= set(range(first, last + 1))
    return failed


def model(out: Path) -> dict[str, Any]:
    """What a run's report says of the model."""
    found: dict[str, Any] = report(out)["model"]
    return found


def failures(out: Path, number: int = 0) -> list[str]:
    """Why calls about an input failed for good."""
    found: list[str] = report(out)["inputs"][number].get("failures", [])
    return found
