"""The tables of simulated coverage, and whether the targets are met."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BEGIN, END = "<!-- coverage:begin -->", "<!-- coverage:end -->"
LOWEST, HIGHEST = 0.93, 0.995  # coverage of the default in each cell
AVERAGE, ABOUT, FROM_N = 0.95, 0.01, 50  # its mean over the cells with n ≥ 50
ALARMS = 0.055
LABELS = {
    "default": "**mặc định · default (wilson-neff-t)**",
    "by df": "quy tắc cũ, S² theo df · former rule, S² by df",
    "unstabilised": "không ổn định · not stabilised",
    "logit": "logit t",
    "beta": "beta (Korn–Graubard)",
    "Wald t": "Wald t",
    "n persons": "Wilson, n = số người · persons",
    "independent answers": "Wilson, n = số câu trả lời · answers",
}
DAY_LABELS = {
    "by person": "mặc định theo người · default by person",
    "by day": "**quầy × ngày · counter × day**",
    "by day, by df": "quầy × ngày, quy tắc cũ · counter × day, former rule",
}
CHANGE_LABELS = {
    "mover": "**khoảng MOVER không chứa 0, p < 0.05 · MOVER interval without 0, p < 0.05**",
    "mover by df": "MOVER, quy tắc cũ · former rule",
    "t": "t ổn định · stabilised t",
    "welch": "Welch t, không ổn định · not stabilised",
}
ONE_COUNTER = (
    "**Một quầy, không có hiệu ứng ngày · One counter, no day effects.** Độ phủ %: trung bình "
    "(thấp nhất) · Coverage %: mean (lowest); n người · people. n < 9 không công bố · is not "
    "published (df < 8)."
)
WITH_DAYS = (
    "**Hiệu ứng ngày · Day effects** (sai số chuẩn thật / ước lượng theo người · true standard "
    "error / the one by person: {}); n người, số ngày · people, days"
)
CHANGES = (
    "**Báo nhầm thay đổi · False changes**, %: trung bình (cao nhất) · mean (highest); hai mẫu "
    "n người · two samples of n people"
)


@dataclass(frozen=True)
class Cell:
    """One population and one design: where a rate was measured; `n` people, or what is shown."""

    design: str
    items: int
    correlation: float
    share: float
    n: str

    @property
    def people(self) -> int:
        """How many people each sample has, the smaller of two."""
        return int(self.n.split(",")[0])

    def __str__(self) -> str:
        """Return the population: items/r/p."""
        return f"{self.items}/{self.correlation}/{self.share:.2f}"


@dataclass(frozen=True)
class Rate:
    """A share of the runs: coverage with the mean width, or false alarms of a test."""

    cell: Cell
    method: str
    rate: float
    width: float = np.nan


@dataclass(frozen=True)
class Target:
    """What must hold by one method in each cell, of at least so many people, of some designs."""

    name: str
    designs: tuple[str, ...]
    method: str
    holds: Callable[[float], bool]
    least: int = 0

    def lines(self, rates: Sequence[Rate]) -> Iterator[str]:
        """Yield the verdict, and every cell that misses as it is, those of one n in one line."""
        own = [
            each
            for each in rates
            if each.cell.design in self.designs and each.method == self.method
            if each.cell.people >= self.least
        ]
        missed = [each for each in own if not self.holds(each.rate)]
        yield f"- {self.name}: {_verdict(not missed)}, {len(own) - len(missed)}/{len(own)}"
        for place in dict.fromkeys((each.cell.design, each.cell.n) for each in missed):
            there = [each for each in missed if (each.cell.design, each.cell.n) == place]
            shown = "; ".join(f"{each.cell} {_percent(each.rate, 2)}" for each in there)
            yield f"  - {place[0]}, n {place[1]}: {shown}"


def _covers(rate: float) -> bool:
    return LOWEST <= rate <= HIGHEST


def _rarely(rate: float) -> bool:
    return rate <= ALARMS


TARGETS = (
    Target(
        "mặc định phủ 93–99.5 % ở mọi ô · the default covers 93–99.5 % in each cell",
        ("one counter", "six counters"),
        "default",
        _covers,
    ),
    Target(
        "mặc định, các ô được công bố · the default, cells that are published",
        ("one counter", "six counters"),
        "default",
        _covers,
        least=9,
    ),
    Target(
        "khoảng quầy × ngày phủ 93–99.5 % · the counter × day interval covers 93–99.5 %",
        ("days",),
        "by day",
        _covers,
    ),
    Target(
        "báo nhầm thay đổi ≤ 5.5 % khi n ≥ 30 · false changes ≤ 5.5 % for n ≥ 30",
        ("change",),
        "mover",
        _rarely,
    ),
)


def block(rates: Sequence[Rate], runs: int, seed: int) -> str:
    """Return the marked block of Markdown."""
    parts = [
        BEGIN,
        _caption(runs, seed),
        _populations(rates),
        ONE_COUNTER,
        _table(rates, "one counter", LABELS, _coverage),
        "Bề rộng trung bình, điểm · Mean width, points",
        _table(rates, "one counter", LABELS, _width),
        "**Sáu quầy là sáu tầng · Six counters as strata**",
        _table(rates, "six counters", LABELS, _coverage),
        WITH_DAYS.format(_ratio(rates)),
        _table(rates, "days", DAY_LABELS, _coverage),
        CHANGES,
        _table(rates, "change", CHANGE_LABELS, _alarms),
        "**Mục tiêu · Targets** (ô không đạt · cells that miss: số câu · items/r/p độ phủ · rate)",
        "\n".join(_targets(rates)),
        END,
    ]
    return "\n\n".join(parts)


def _caption(runs: int, seed: int) -> str:
    error = np.sqrt(AVERAGE * (1 - AVERAGE) / runs)
    return (
        f"Do lệnh `python -m benchmarks.coverage --write docs/method.md` in ra: {runs} mẫu mỗi ô, "
        f"hạt giống {seed}, sai số chuẩn Monte Carlo {_percent(error, 2)} điểm. Mẫu rút có hoàn "
        "lại từ tổng thể hữu hạn gồm các câu trả lời mô phỏng, nên giá trị thật biết chính xác.\n\n"
        f"Printed by that command: {runs} samples a cell, seed {seed}, Monte Carlo standard error "
        f"{_percent(error, 2)} points. Samples are drawn with replacement from finite populations "
        "of simulated answers, so that the truth is known exactly."
    )


def _populations(rates: Sequence[Rate]) -> str:
    """Return what the populations are, with the correlation that was measured."""
    found = [each for each in rates if each.method == "phi"]
    cells = [each.cell for each in found]
    items, shares = sorted({c.items for c in cells}), sorted({c.share for c in cells})
    measured = "; ".join(
        f"{r}: {min(phis):.2f}–{max(phis):.2f}"
        for r in sorted({c.correlation for c in cells})
        if (phis := [each.rate for each in found if each.cell.correlation == r])
    )
    shown = ", ".join(f"{share:.2f}" for share in shares)
    return (
        f"Câu hỏi · items: {', '.join(map(str, items))}; p: {shown}; r = hiệp phương sai của hai "
        "câu hài lòng của một người / p(1 − p) · covariance of two satisfied answers of a person "
        f"/ p(1 − p), φ đo được · φ measured: {measured}."
    )


def _ratio(rates: Sequence[Rate]) -> str:
    found = [each.rate for each in rates if each.method == "error ratio"]
    return f"{np.mean(found):.2f} ({min(found):.2f}–{max(found):.2f})"


Shown = Callable[[list[Rate]], str]


def _table(rates: Sequence[Rate], design: str, labels: dict[str, str], shown: Shown) -> str:
    """Return a table with a row for each method and a column for each n."""
    own = [each for each in rates if each.cell.design == design]
    columns = list(dict.fromkeys(each.cell.n for each in own))
    rows = [
        [
            label,
            *(shown([r for r in own if (r.cell.n, r.method) == (n, name)]) for n in columns),
        ]
        for name, label in labels.items()
    ]
    head = [["n", *columns], ["---", *["---:"] * len(columns)]]
    return "\n".join(f"| {' | '.join(row)} |" for row in head + rows)


def _coverage(own: list[Rate]) -> str:
    each = [rate.rate for rate in own]
    return f"{_percent(float(np.mean(each)))} ({_percent(min(each))})"


def _alarms(own: list[Rate]) -> str:
    each = [rate.rate for rate in own]
    return f"{_percent(float(np.mean(each)))} ({_percent(max(each))})"


def _width(own: list[Rate]) -> str:
    return _percent(float(np.mean([rate.width for rate in own])))


def _percent(fraction: float, digits: int = 1) -> str:
    return f"{100 * fraction:.{digits}f}"


def _verdict(met: bool) -> str:
    return "đạt · met" if met else "**không đạt · missed**"


def _targets(rates: Sequence[Rate]) -> Iterator[str]:
    for target in TARGETS:
        yield from target.lines(rates)
    many = [
        each.rate
        for each in rates
        if each.method == "default" and each.cell.design == "one counter"
        if each.cell.people >= FROM_N
    ]
    mean = float(np.mean(many))
    yield (
        f"- trung bình 94–96 % khi n ≥ {FROM_N} · mean 94–96 % for n ≥ {FROM_N}: "
        f"{_verdict(abs(mean - AVERAGE) <= ABOUT)}, {_percent(mean, 2)}"
    )


def cells(rates: Sequence[Rate]) -> Iterator[str]:
    """Yield the default's coverage cell by cell, a line for each population; * misses."""
    by_population: dict[tuple[str, int, float, float], list[str]] = {}
    for each in rates:
        if each.method in ("default", "by day"):
            c, mark = each.cell, " " if _covers(each.rate) else "*"
            line = by_population.setdefault((c.design, c.items, c.correlation, c.share), [])
            line.append(f"n {c.n}: {_percent(each.rate)}{mark}")
    for (design, items, r, share), shown in by_population.items():
        yield f"{design:12} {items:2} items  r {r:.2f}  p {share:.2f}   " + "  ".join(shown)


def write(path: Path, text: str, begin: str = BEGIN, end: str = END) -> str:
    """Put the block between the marks of a file; return what was done."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if begin not in before or end not in before:
        return f"{path} has no marks {begin} … {end}; nothing written"
    head, _, rest = before.partition(begin)
    path.write_text(head + text + rest.partition(end)[2], encoding="utf-8")
    return f"written: {path}"
