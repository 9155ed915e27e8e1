"""The alert rules, the dashboard and the documents name metrics that exist, and each alert says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from langdao_video.metrics.collector import make_registry, render
from langdao_video.server.metrics_port import PATHS
from tests.metrics.measured import measure_node

ROOT: Final = Path(__file__).parents[1]
OPERATIONS: Final = (ROOT / "docs/operations.md").read_text("utf-8")
RULES: Final = yaml.safe_load((ROOT / "deploy/prometheus-alerts.yml").read_text("utf-8"))
ALERTS: Final[list[dict[str, Any]]] = [rule for group in RULES["groups"] for rule in group["rules"]]
DASHBOARD: Final = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text("utf-8"))
METRIC: Final = re.compile(r"\b(?:langdao|process|python)_[a-z_]+")
MATCHER: Final = re.compile(r"(langdao_[a-z_]+)\{([^}]*)\}")
OF_PROMETHEUS: Final = {"up"}


@cache
def series() -> dict[str, set[str]]:
    """Return the labels of each series that a process exports, by the names that a query uses."""
    found: dict[str, set[str]] = {}
    for line in render(make_registry(measure_node(), lambda: True, lambda: 0), "")[0].decode().splitlines():
        if not line.startswith("#"):
            name, _, labels = line.rpartition(" ")[0].partition("{")
            found.setdefault(name, set()).update(re.findall(r"(\w+)=", labels))
    return found


def queries() -> Iterator[tuple[str, str]]:
    """Yield the name and the query of each alert and each line of a panel."""
    for alert in ALERTS:
        yield alert["alert"], alert["expr"]
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]["query"]


@pytest.mark.parametrize(("name", "query"), tuple(queries()))
def test_a_query_names_metrics_and_labels_that_exist(name: str, query: str) -> None:
    assert set(METRIC.findall(query)) - {*series()} == set(), name
    assert METRIC.search(query) or any(word in query for word in OF_PROMETHEUS)
    assert query.count("(") == query.count(")")
    for metric, matchers in MATCHER.findall(query):
        labels = set(re.findall(r"(\w+)[=!]", matchers))
        assert labels <= series()[metric] | {"job", "instance"}, f"{name}: {metric}"


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_has_its_paragraph_its_summary_and_its_severity(alert: dict[str, Any]) -> None:
    name, anchor = alert["alert"], alert["alert"].lower()
    paragraph = re.search(rf"^### {name}\n\n(.+?)(?=\n#|\Z)", OPERATIONS, re.MULTILINE | re.DOTALL)

    assert paragraph is not None
    assert len(paragraph[1].split()) >= 20, "it says what to do"
    assert alert["annotations"]["runbook"] == f"docs/operations.md#{anchor}"
    assert alert["annotations"]["summary"].endswith(".")
    assert alert["labels"]["severity"] in {"page", "ticket"}


def test_no_paragraph_is_about_an_alert_that_is_gone() -> None:
    assert {*re.findall(r"^### (Langdao\w+)$", OPERATIONS, re.MULTILINE)} == {
        alert["alert"] for alert in ALERTS
    }


def test_the_documents_name_each_metric_of_ours_and_no_other() -> None:
    exported = {re.sub(r"_(bucket|count|sum)$", "", name) for name in series() if name.startswith("langdao_")}
    table = OPERATIONS.partition("\n## Metrics\n")[2].partition("\n## Alerts\n")[0]

    assert {*re.findall(r"`(langdao_[a-z_]+)`", table)} == exported


def test_the_number_of_series_has_a_bound() -> None:
    lines = render(make_registry(measure_node(), lambda: True, lambda: 0), "")[0].decode().splitlines()

    assert len([line for line in lines if not line.startswith("#")]) < 250


def test_the_documents_name_each_path_of_the_port() -> None:
    assert all(f"`{path}`" in OPERATIONS for path in PATHS)
