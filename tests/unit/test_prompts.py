"""Prompts must not show a model what it is measured on."""

from __future__ import annotations

from checkout import ROOT
from quoted_passages import shared_passages


def test_no_prompt_quotes_a_gold_notice() -> None:
    prompts = [path for path in ROOT.joinpath("prompts").rglob("*") if path.is_file()]
    notices = [path.read_text(encoding="utf-8") for path in ROOT.joinpath("gold/notices").glob("*.txt")]
    assert prompts
    assert notices
    for path in prompts:
        for notice in notices:
            assert shared_passages(path.read_text(encoding="utf-8"), notice) == [], path


def test_a_quoted_passage_is_noticed() -> None:
    assert shared_passages("例:成立工作专班,统筹推进整改任务落实。", "已成立工作专班统筹推进整改任务落实到位")
    assert not shared_passages("例:成立工作专班,统筹推进整改。", "已召开会议专题研究部署整改任务")
