"""What the doctor finds out about an endpoint."""

from __future__ import annotations

import asyncio
from typing import Any

from endpoint_example import call, settings
from fake_endpoint import Serving

from extractor.endpoint.doctor import examine
from extractor.endpoint.doctor_report import DoctorReport
from extractor.endpoint.settings import EndpointSettings

ANSWERS = "endpoint_example:answer"

TINY = call(["sky", "sea"], fixed="Give each word a colour. " * 300)


def examined(server: Serving, **more: Any) -> DoctorReport:
    return asyncio.run(examine(settings(server, **more), TINY))


def test_a_healthy_endpoint(server: Serving) -> None:
    server.script(models=[{"id": "fake", "max_model_len": 32768}, {"id": "other"}])
    report = examined(server)
    assert (report.reached, report.models, report.context) == (True, ("fake", "other"), 32768)
    assert [trial.mode for trial in report.modes if trial.works] == ["json_schema", "tools", "json", "md_json"]
    assert (report.best_mode, report.obeys_schema, report.diagnoses) == ("json_schema", True, ())
    assert "--mode json_schema" in report.suggestions


def test_its_speed_and_prefix_cache_are_measured(server: Serving) -> None:
    server.script(first_token=0.01, per_second=2000)
    report = examined(server)
    assert report.cold is not None
    assert report.warm is not None
    assert report.cold.first_token > 0
    assert report.cold.per_second is not None
    assert (report.cold.cached, report.warm.cached >= 1024) == (0, True)
    assert report.has_prefix_cache is True


def test_thinking_that_a_server_streams_apart_counts_as_speed(server: Serving) -> None:
    server.script(rate=1.0, kinds=["thinking"])
    report = examined(server)
    assert report.cold is not None
    assert report.cold.first_token > 0


def test_the_only_model_is_taken(server: Serving) -> None:
    server.script()
    report = examined(server, model=None)
    assert report.model == "fake"
    assert "--model fake" in report.suggestions


def test_one_of_several_models_must_be_named(server: Serving) -> None:
    server.script(models=[{"id": "a"}, {"id": "b"}])
    report = examined(server, model=None)
    assert report.diagnoses == ("no model is named",)
    assert report.suggestions == ("name one with --model (a, b)",)


def test_a_model_that_is_not_listed_is_named(server: Serving) -> None:
    server.script()
    assert "does not list a model other" in " ".join(examined(server, model="other").diagnoses)


def test_a_short_context_is_named(server: Serving) -> None:
    server.script(models=[{"id": "fake", "owned_by": "llamacpp"}], context=4096)
    report = examined(server)
    assert report.context == 4096
    assert "4096 tokens: long prompts will not fit" in " ".join(report.diagnoses)


def test_a_schema_that_is_ignored_is_named(server: Serving) -> None:
    server.script(modes=["md_json"], unknown_mode="ignored")
    report = examined(server)
    assert (report.best_mode, report.obeys_schema) == ("md_json", False)
    assert "ignores the schema" in " ".join(report.diagnoses)


def test_modes_that_are_refused_are_no_schema_ignored(server: Serving) -> None:
    server.script(modes=["md_json"])
    report = examined(server)
    assert (report.best_mode, report.obeys_schema, report.diagnoses) == ("md_json", None, ())


def test_oddities_are_said_in_words(server: Serving) -> None:
    server.script(rate=1.0, kinds=["reasoning"])
    report = examined(server, mode="auto")
    assert "writes its reasoning before the answer" in " ".join(report.diagnoses)
    assert "switch its reasoning off" in " ".join(report.suggestions)


def test_a_wrong_key_is_said_once(server: Serving) -> None:
    server.script(rate=1.0, kinds=["401"])
    report = examined(server)
    assert report.best_mode is None
    assert len(report.diagnoses) == 1
    assert "put one into OPENAI_API_KEY" in report.diagnoses[0]
    assert len(report.modes) == 1


def test_an_endpoint_that_is_not_there() -> None:
    report = asyncio.run(examine(EndpointSettings(base_url="http://127.0.0.1:9/v1", model="m"), TINY))
    assert not report.reached
    assert "is the server running?" in report.diagnoses[0]
    assert "--base-url" in report.suggestions[0]
