"""What an alert says: the figure with its interval, and what to look at; never whose fault."""

from analysis import ConfidenceInterval
from analysis.comparison import USUAL_LEVEL
from survey import period
from survey.i18n import aim, day, interval, number, percent, titled
from survey.i18n import lazily as _l
from survey.i18n import translate as _
from survey.storage import alerts
from survey.storage.alerts import Alert

KINDS = {
    alerts.BELOW: _l("Dưới chỉ tiêu"),
    alerts.UNSURE: _l("Chưa chắc đạt chỉ tiêu"),
    alerts.CHANGED: _l("Khác với các tháng trước"),
    alerts.VERY_HIGH: _l("Rất cao so với điểm tương tự, đề nghị kiểm tra"),
    alerts.QUIET: _l("Mã lâu không có lượt quét"),
    alerts.SILENT: _l("Không có phiếu"),
    alerts.WITHDRAWN: _l("Nhiều phiếu được rút lại"),
}
ADVICE = {
    alerts.BELOW: _l("Xem yếu tố yếu nhất ở trang kết quả để chọn một việc làm trước."),
    alerts.UNSURE: _l("Chưa đủ căn cứ để nói đạt hay chưa đạt; thêm phiếu thì khoảng hẹp lại."),
    alerts.CHANGED: _l("Xem điều gì đã đổi: thủ tục, cách mời, cách thu phiếu, nơi tiếp dân."),
    alerts.VERY_HIGH: _l("Xem cách mời và cách thu phiếu có giống các điểm khác không."),
    alerts.QUIET: _l("Ra quầy xem biển còn, còn thấy và còn quét được không."),
    alerts.SILENT: _l("Xem biển, mã và lời mời; điểm nghỉ thì ghi đóng quầy."),
    alerts.WITHDRAWN: _l("Xem người dân có được tự do trả lời không; chưa nói lên điều gì về ai."),
}
RULES = {
    "beyond_limits": _l("vượt giới hạn kiểm soát"),
    "one_side": _l("tám tháng liền ở một phía đường giữa"),
    "trend": _l("sáu tháng liền tăng hoặc giảm"),
    "near_limits": _l("hai trong ba tháng gần giới hạn kiểm soát"),
}


def sentence(alert: Alert) -> str:
    """Return what was found, with its figure, its interval and how many people it rests on."""
    return _SAY[alert.kind](alert)


def limits(alert: Alert) -> ConfidenceInterval[float]:
    """Return the interval of the figure, as it was when the alert was found."""
    level, method = alert.level or USUAL_LEVEL, alert.method or ""
    return ConfidenceInterval(alert.low or 0, alert.high or 0, level, method)


def advice(alert: Alert) -> str:
    """Return what to look at."""
    return str(ADVICE[alert.kind])


def _below(alert: Alert) -> str:
    return _(
        "%(found)s: cả khoảng nằm dưới chỉ tiêu %(target)s, xét cùng lúc %(n)s đơn vị.",
        found=_index(alert),
        target=aim(alert.reference or 0),
        n=number(alert.n_compared),
    )


def _unsure(alert: Alert) -> str:
    return _(
        "%(found)s: cận dưới của khoảng thấp hơn chỉ tiêu %(target)s.",
        found=_index(alert),
        target=aim(alert.reference or 0),
    )


def _changed(alert: Alert) -> str:
    return _(
        "%(found)s: %(rule)s (đường giữa %(centre)s, tính từ 11 tháng trước).",
        found=_index(alert),
        rule=RULES[alert.rule],
        centre=_reference(alert),
    )


def _very_high(alert: Alert) -> str:
    return _(
        "%(found)s, trong khi chung của %(n)s điểm tương tự là %(centre)s.",
        found=_index(alert),
        n=number(alert.n_compared),
        centre=_reference(alert),
    )


def _quiet(alert: Alert) -> str:
    since = day(alert.since) if alert.since else ""
    n = number(alert.n or 0)
    if alert.rule:
        return _("Chưa có lượt nào từ %(day)s (%(n)s ngày làm việc).", day=since, n=n)
    return _("Không có lượt nào sau %(day)s (%(n)s ngày làm việc).", day=since, n=n)


def _silent(alert: Alert) -> str:
    return _(
        "%(month)s không có phiếu nào; tháng trước đó có %(n)s phiếu.",
        month=_month(alert),
        n=number(alert.count or 0),
    )


def _withdrawn(alert: Alert) -> str:
    return _(
        "%(month)s: %(count)s trong %(n)s phiếu được người gửi rút lại "
        "(%(share)s, khoảng %(limits)s); chung của %(all)s điểm là %(centre)s.",
        month=_month(alert),
        count=number(alert.count or 0),
        n=number(alert.n or 0),
        share=percent(alert.estimate or 0, limits(alert)),
        limits=interval(limits(alert)),
        all=number(alert.n_compared),
        centre=percent(alert.reference or 0),
    )


_SAY = {
    alerts.BELOW: _below,
    alerts.UNSURE: _unsure,
    alerts.CHANGED: _changed,
    alerts.VERY_HIGH: _very_high,
    alerts.QUIET: _quiet,
    alerts.SILENT: _silent,
    alerts.WITHDRAWN: _withdrawn,
}


def _index(alert: Alert) -> str:
    found, n = interval(limits(alert)), number(alert.n or 0)
    if alert.estimate is None:
        return _(
            "%(month)s: chỉ số khoảng %(limits)s, %(n)s người trả lời",
            month=_month(alert),
            limits=found,
            n=n,
        )
    return _(
        "%(month)s: chỉ số %(share)s, khoảng %(limits)s, %(n)s người trả lời",
        month=_month(alert),
        share=percent(alert.estimate, limits(alert)),
        limits=found,
        n=n,
    )


def _reference(alert: Alert) -> str:
    return percent(alert.reference or 0, limits(alert))


def _month(alert: Alert) -> str:
    return titled(period.parse(alert.period or ""))
