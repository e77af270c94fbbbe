"""What an alert says: the figure with its interval, and what to look at; never whose fault."""

from analysis import ConfidenceInterval
from analysis.comparison import USUAL_LEVEL
from survey import period
from survey.i18n import day, interval, number, percent
from survey.storage import alerts
from survey.storage.alerts import Alert

KINDS = {
    alerts.BELOW: "Dưới chỉ tiêu",
    alerts.UNSURE: "Chưa chắc đạt chỉ tiêu",
    alerts.CHANGED: "Khác với các tháng trước",
    alerts.VERY_HIGH: "Rất cao so với điểm tương tự, đề nghị kiểm tra",
    alerts.QUIET: "Mã lâu không có lượt quét",
    alerts.SILENT: "Không có phiếu",
    alerts.WITHDRAWN: "Nhiều phiếu được rút lại",
}
ADVICE = {
    alerts.BELOW: "Xem yếu tố yếu nhất ở trang kết quả để chọn một việc làm trước.",
    alerts.UNSURE: "Chưa đủ căn cứ để nói đạt hay chưa đạt; thêm phiếu thì khoảng hẹp lại.",
    alerts.CHANGED: "Xem điều gì đã đổi: thủ tục, cách mời, cách thu phiếu, nơi tiếp dân.",
    alerts.VERY_HIGH: "Xem cách mời và cách thu phiếu có giống các điểm khác không.",
    alerts.QUIET: "Ra quầy xem biển còn, còn thấy và còn quét được không.",
    alerts.SILENT: "Xem biển, mã và lời mời; điểm nghỉ thì ghi đóng quầy.",
    alerts.WITHDRAWN: "Xem người dân có được tự do trả lời không; chưa nói lên điều gì về ai.",
}
RULES = {
    "beyond_limits": "vượt giới hạn kiểm soát",
    "one_side": "tám tháng liền ở một phía đường giữa",
    "trend": "sáu tháng liền tăng hoặc giảm",
    "near_limits": "hai trong ba tháng gần giới hạn kiểm soát",
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
    return ADVICE[alert.kind]


def _below(alert: Alert) -> str:
    return (
        f"{_index(alert)}: cả khoảng nằm dưới chỉ tiêu {_reference(alert)}, "
        f"xét cùng lúc {number(alert.n_compared)} đơn vị."
    )


def _unsure(alert: Alert) -> str:
    return f"{_index(alert)}: cận dưới của khoảng thấp hơn chỉ tiêu {_reference(alert)}."


def _changed(alert: Alert) -> str:
    return (
        f"{_index(alert)}: {RULES[alert.rule]} (đường giữa {_reference(alert)}, "
        "tính từ 11 tháng trước)."
    )


def _very_high(alert: Alert) -> str:
    return (
        f"{_index(alert)}, trong khi chung của {number(alert.n_compared)} điểm tương tự là "
        f"{_reference(alert)}."
    )


def _quiet(alert: Alert) -> str:
    since = day(alert.since) if alert.since else ""
    words = f"chưa có lượt nào từ {since}" if alert.rule else f"không có lượt nào sau {since}"
    return f"{words.capitalize()} ({number(alert.n or 0)} ngày làm việc)."


def _silent(alert: Alert) -> str:
    return (
        f"{_month(alert)} không có phiếu nào; tháng trước đó có {number(alert.count or 0)} phiếu."
    )


def _withdrawn(alert: Alert) -> str:
    share = percent(alert.estimate or 0, limits(alert))
    return (
        f"{_month(alert)}: {number(alert.count or 0)} trong {number(alert.n or 0)} phiếu được "
        f"người gửi rút lại ({share}, khoảng {interval(limits(alert))}); chung của "
        f"{number(alert.n_compared)} điểm là {percent(alert.reference or 0)}."
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
    found = limits(alert)
    share = "" if alert.estimate is None else f"{percent(alert.estimate, found)}, "
    return (
        f"{_month(alert)}: chỉ số {share}khoảng {interval(found)}, "
        f"{number(alert.n or 0)} người trả lời"
    )


def _reference(alert: Alert) -> str:
    return percent(alert.reference or 0, limits(alert))


def _month(alert: Alert) -> str:
    return period.parse(alert.period or "").title
