"""Reports → rows of the index file, the same for every format; see docs/index-export.md."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from forms.questionnaire import Questionnaire
from survey.period import VIETNAM
from survey.reports import BASIS, METHOD_VERSION, PROFILE, PULSE, Figure, IndexReport
from survey.storage.units import Unit

FORMAT_VERSION = 1
LABEL = "Chỉ số hài lòng tại điểm phục vụ"
# Nothing is final before its period is frozen, and nothing can be frozen yet.
NOTICE = "SỐ LIỆU TẠM, CHƯA CHỐT"
# The columns in their order, and what the reader of a workbook is told about each.
COLUMNS = {
    "period_from": "Ngày đầu của kỳ",
    "period_to": "Ngày cuối của kỳ, tính cả ngày này",
    "period_status": "open: kỳ chưa khóa; closed: kỳ đã khóa, chưa chốt",
    "unit_code": "Mã đơn vị",
    "unit_name": "Tên đơn vị",
    "unit_type": "Loại đơn vị",
    "peer_group": "Nhóm được so sánh với nhau: cap-tinh, phuong, xa, dac-khu",
    "point_id": "Mã điểm phục vụ; trống ở dòng của đơn vị",
    "point_name": "Tên điểm phục vụ; trống ở dòng của đơn vị",
    "level": "unit: đơn vị và mọi nơi trực thuộc; point: một điểm phục vụ",
    "measure": "overall: chỉ số chung; factor: yếu tố; item: câu hỏi",
    "code": "Mã của chỉ số, yếu tố hoặc câu hỏi",
    "profile": "Công thức tính",
    "rollup": "Cách cộng lên đơn vị; pooled: gộp mọi câu trả lời; weighted: theo số hồ sơ đã trả",
    "n_points": "Số điểm phục vụ của kỳ",
    "n_points_covered": "Số điểm phục vụ có phiếu trong số liệu",
    "estimate": "Tỷ lệ hài lòng",
    "std_error": "Sai số chuẩn",
    "ci_low": "Cận dưới khoảng tin cậy",
    "ci_high": "Cận trên khoảng tin cậy",
    "ci_level": "Độ tin cậy",
    "ci_method": "Phương pháp tính khoảng tin cậy",
    "df": "Bậc tự do của sai số chuẩn",
    "n_respondents": "Số người trả lời",
    "n_answers": "Số câu trả lời mức 1 đến 5",
    "n_missing": "Số câu bỏ trống",
    "level_1": "Số câu trả lời Rất không hài lòng",
    "level_2": "Số câu trả lời Không hài lòng",
    "level_3": "Số câu trả lời Bình thường",
    "level_4": "Số câu trả lời Hài lòng",
    "level_5": "Số câu trả lời Rất hài lòng",
    "n_flagged": "Số phiếu có dấu hiệu trả lời bất thường",
    "estimate_unflagged": "Tỷ lệ hài lòng không tính các phiếu đó",
    "n_dossiers": "Số hồ sơ đã trả kết quả tại quầy",
    "coverage": "Tỷ lệ phiếu trên hồ sơ trả tại quầy",
    "inference_basis": "respondents_only: chỉ nói về người đã trả lời",
    "suppressed": "Số liệu của nơi này bị ẩn để giữ kín câu trả lời",
    "instrument": "Mã bộ câu hỏi",
    "instrument_version": "Phiên bản bộ câu hỏi",
    "channel_mix": "Số phiếu theo kênh",
    "generated_at": "Lúc xuất tệp",
    "method_version": "Phiên bản phương pháp",
    "n_left_out": "Số phiếu được lưu nhưng không tính vào số nào",
    "unflagged_ci_low": "Cận dưới khoảng tin cậy của estimate_unflagged",
    "unflagged_ci_high": "Cận trên khoảng tin cậy của estimate_unflagged",
    "unflagged_ci_method": "Phương pháp tính khoảng tin cậy của estimate_unflagged",
    "n_dossiers_covered": "Số hồ sơ trả tại các điểm có phiếu, khi rollup là weighted",
    "strata_collapsed": "Ít người trả lời, sai số tính như thể mọi điểm là một",
    "clustered_by_day": "Sai số tính theo ngày tại từng điểm, vì người cùng ngày dễ giống nhau",
}
# Of the second figure; its level is that of the first.
LIMITS = ("ci_low", "ci_high", "ci_method")
COMMUNES = frozenset({"phuong", "xa", "dac-khu"})

Cell = str | float | date | None
Row = dict[str, Cell]


def rows_of(reports: Iterable[IndexReport], generated_at: datetime) -> Iterator[Row]:
    """Yield the rows of each report: the overall figure, the factors, the items.

    A place of which nothing may be shown has the same rows as any other.
    """
    stamp = moment(generated_at)
    for report in reports:
        shown = () if report.suppressed else report.figures
        figures = {(figure.measure, figure.code): figure for figure in shown}
        place = _place(report) | {"generated_at": stamp}
        for measure, code in _measures(report.questionnaire):
            figure = figures.get((measure, code))
            cells = place | _named(measure, code, figure) | _counts(report, figure)
            cells |= _estimates(figure) | _overall(report, measure)
            yield {column: cells.get(column) for column in COLUMNS}


def count(reports: Iterable[IndexReport]) -> int:
    """Return how many rows these reports make."""
    return sum(len(list(_measures(report.questionnaire))) for report in reports)


def moment(instant: datetime) -> str:
    """Return an aware instant as Vietnamese clocks show it, with +07:00."""
    if instant.tzinfo is None:
        raise ValueError("generated_at needs a time zone")
    return instant.astimezone(VIETNAM).isoformat(timespec="seconds")


def peer_group(unit: Unit, level: str) -> str | None:
    """Return the group whose members are compared with each other.

    None for a whole province, which has no peer inside itself; its own points have.
    """
    if unit.level == "commune":
        return unit.type if unit.type in COMMUNES else None
    return None if unit.level == "province" and level == "unit" else "cap-tinh"


def _measures(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Yield measure and code of every row, whatever has figures."""
    factors = {item.factor for item in questionnaire.asked if item.in_index}
    yield "overall", "index"
    for code in questionnaire.wordings["vi"].factors:
        if code in factors:
            yield "factor", code
    for item in questionnaire.asked:
        yield "item", item.code


def _place(report: IndexReport) -> Row:
    unit, point = report.place.unit, report.place.point
    return {
        "period_from": report.period.start,
        "period_to": report.period.end - timedelta(days=1),
        "period_status": "closed" if report.is_closed else "open",
        "unit_code": unit.code,
        "unit_name": unit.name,
        "unit_type": unit.type,
        "peer_group": peer_group(unit, report.place.level),
        "point_id": point.public_id if point else None,
        "point_name": point.name if point else None,
        "level": report.place.level,
        "rollup": report.rollup,
        "n_points": report.n_points,
        "n_points_covered": None if report.suppressed else report.n_points_covered,
        **_coverage(report),
        "inference_basis": BASIS,
        "suppressed": report.suppressed,
        "instrument": report.questionnaire.code,
        "instrument_version": report.instrument_version,
        "channel_mix": None if report.suppressed else _mix(report),
        "method_version": METHOD_VERSION,
    }


def _coverage(report: IndexReport) -> Row:
    known = report.coverage
    if known is None or report.suppressed:
        return {}
    return {"n_dossiers": known.n_dossiers, "coverage": known.share}


def _mix(report: IndexReport) -> str | None:
    return " ".join(f"{channel}:{n}" for channel, n in sorted(report.channels.items())) or None


def _named(measure: str, code: str, figure: Figure | None) -> Row:
    usual = PULSE if (measure, code) == ("item", "overall") else PROFILE
    return {"measure": measure, "code": code, "profile": figure.profile if figure else usual}


def _counts(report: IndexReport, figure: Figure | None) -> Row:
    """Return the counts; 0 where nobody was released, empty where they are hidden."""
    if figure is None:
        names = ["n_respondents", "n_answers", "n_missing", *(f"level_{n}" for n in range(1, 6))]
        return dict.fromkeys(names, None if report.suppressed else 0)
    levels = figure.levels if figure.is_known else ()
    return {
        "n_respondents": figure.n_respondents,
        "n_answers": figure.n_answers,
        "n_missing": figure.n_missing,
        **{f"level_{level}": n for level, n in enumerate(levels, 1)},
    }


def _estimates(figure: Figure | None) -> Row:
    """Return what is estimated, where enough people answered for it to be published.

    An interval that is too wide stands alone; the levels, which may be added up, stay.
    """
    if figure is None or not figure.is_known:
        return {}
    return {
        "estimate": figure.estimate if figure.has_share else None,
        "std_error": figure.standard_error if figure.has_share else None,
        "df": figure.degrees_of_freedom,
        **figure.interval.serialised(BASIS),
        "strata_collapsed": figure.is_collapsed,
        "clustered_by_day": figure.is_clustered,
    }


def _overall(report: IndexReport, measure: str) -> Row:
    """Return what is told of the index alone: whom it covers, and what looked irregular."""
    if measure != "overall" or report.suppressed:
        return {}
    second = _estimates(report.unflagged)
    return {
        "n_dossiers_covered": report.n_dossiers_covered,
        "n_left_out": report.n_left_out,
        "n_flagged": report.n_flagged,
        "estimate_unflagged": second.get("estimate"),
        **{f"unflagged_{limit}": second.get(limit) for limit in LIMITS},
    }
