"""The same cells in three formats, whatever the figures and the names."""

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.interval import ConfidenceInterval
from survey import exports
from survey.reports import IndexReport
from tests import figures
from tests.index_files import COLUMNS, from_csv, from_json, from_xlsx

# Whatever a name may hold; a lone surrogate is no text, and XML knows no U+FFFE and U+FFFF.
letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
words = st.text(letters | st.sampled_from("=+-@\t\r\n;,\"'ữẬđ"), min_size=1, max_size=120)
shares = st.floats(0, 1)
unsure = shares | st.just(math.nan)
limits = st.tuples(shares, shares) | st.just((math.nan, math.nan))
counts = st.integers(0, 10**7)


@st.composite
def _any_report(draw: st.DrawFn) -> IndexReport:
    instrument = draw(st.sampled_from(list(figures.INSTRUMENTS.values())))
    codes = [("overall", "index"), *(("factor", code) for code in "ABCDE")]
    codes += [("item", item.code) for item in instrument.asked]
    many = [
        figures.figure(
            *code,
            estimate=draw(unsure),
            standard_error=draw(unsure),
            interval=ConfidenceInterval(*draw(limits), 0.95, "wilson-neff-t"),
            levels=tuple(draw(st.lists(counts, min_size=5, max_size=5))),
        )
        for code in codes
    ]
    return figures.report(
        *draw(st.sampled_from([many, many[:-1], []])),
        owner=figures.unit(draw(words)),
        point=draw(st.none() | words),
        questionnaire=instrument,
        is_closed=draw(st.booleans()),
        suppressed=draw(st.booleans()),
        n_flagged=draw(st.none() | counts),
        unflagged=draw(st.none() | st.sampled_from(many)),
    )


@settings(max_examples=60)
@given(st.lists(_any_report(), max_size=3), st.sampled_from(";,"))
def test_the_three_formats_carry_the_same_cells(reports: list[IndexReport], mark: str) -> None:
    rows = from_json(*reports)["rows"]
    header, *lines, end = from_csv(*reports, delimiter=mark)
    assert (header, end[0].startswith(exports.NOTICE)) == (COLUMNS, True)
    assert lines == [[_as_csv(cell) for cell in row.values()] for row in rows]
    _notice, head, *cells = from_xlsx(*reports)
    assert head == COLUMNS
    assert [[_as_json(cell) for cell in row] for row in cells] == [
        [pytest.approx(cell, rel=1e-15) if isinstance(cell, float) else cell for cell in row]
        for row in (list(row.values()) for row in rows)
    ]


def _as_csv(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell[0] in "=+-@\t\r" else cell
    return str(cell).lower() if isinstance(cell, bool) else repr(cell)


def _as_json(cell: Any) -> Any:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)  # a sheet has one kind of number
    return cell.isoformat() if isinstance(cell, date) else None if cell == "" else cell


@settings(max_examples=60)
@given(_any_report())
def test_every_figure_of_a_report_stands_in_its_row_exactly(report: IndexReport) -> None:
    rows = {(row["measure"], row["code"]): row for row in from_json(report)["rows"]}
    for figure in () if report.suppressed else report.figures:
        row = rows[figure.measure, figure.code]
        levels = tuple(row[f"level_{level}"] for level in range(1, 6))
        assert row["estimate"] == (figure.estimate if figure.has_share else None)
        assert row["ci_low"] == (figure.interval.low if figure.is_known else None)
        assert levels == (figure.levels if figure.is_known else (None,) * 5)
        assert (row["n_respondents"], row["n_missing"]) == (31, 2)
