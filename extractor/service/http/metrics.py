"""The service's counters, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from extractor.service.http.api_models import ItemOutcome

_REQUEST_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
_NOTICE_SECONDS = (0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class ServiceMetrics:
    """The counters of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "extractor_http_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._request_seconds = Histogram(
            "extractor_http_request_seconds",
            "Seconds from a request's head to the end of its answer.",
            ("route",),
            buckets=_REQUEST_SECONDS,
            registry=self._registry,
        )
        self._notices = Counter("extractor_notices", "Items ended.", ("outcome",), registry=self._registry)
        self._notice_seconds = Histogram(
            "extractor_notice_seconds",
            "Seconds a notice took, without its time in the queue.",
            buckets=_NOTICE_SECONDS,
            registry=self._registry,
        )

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Add a gauge, whose value is computed when the metrics are read."""
        Gauge(f"extractor_{name}", meaning, registry=self._registry).set_function(value)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def count_item(self, outcome: ItemOutcome, seconds: float) -> None:
        """Count an item that ended, after ``seconds`` of work."""
        self._notices.labels(outcome).inc()
        if outcome != "unchanged":
            self._notice_seconds.observe(seconds)

    def exposition(self) -> bytes:
        """Return all counters in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)
