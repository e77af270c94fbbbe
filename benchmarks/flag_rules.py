"""Every sign's rule in words and its threshold, as the code has them: for `benchmarks.flags`."""

from analysis import surplus
from analysis.flags import is_burst, speed, straight_lining
from survey import arrivals, signs

TOP = ("Mã · Code", "Quy tắc · Rule", "Ngưỡng · Threshold")


def table() -> str:
    """Return a row of Markdown for each sign."""
    rows = [TOP, ("---",) * len(TOP), *((f"`{sign}`", *said) for sign, said in rules().items())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def rules() -> dict[str, tuple[str, str]]:
    """Return rule and threshold of each sign."""
    line, pace = _usual(straight_lining, "least"), _usual(speed, "least")
    share, quiet, new = 100 * signs.BUSIEST_SHARE, signs.QUIETEST_DAY, signs.UNKNOWN_DAY
    known, minute = signs.KNOWN_AFTER, signs.MOST_A_MINUTE
    alike, earlier = surplus.LEAST_ALIKE, surplus.LEAST_EARLIER
    correlation = surplus.DAY_CORRELATION
    burst, chance = _usual(is_burst, "alpha"), _usual(surplus.surplus_vectors, "alpha")
    window, hour = arrivals.WINDOW // 60, arrivals.HOUR // 3600
    again, next_of_sheet = arrivals.SAME_AGAIN // 60, signs.MOST_OF_A_SHEET + 1
    return {
        "burst": _row(
            f"quá nhiều phiếu đến một quầy trong {window} phút bất kỳ, so với {window} phút đông "
            "nhất mà quầy ấy có thể có · more answers at a point within any "
            f"{window} minutes than its own busiest {window} minutes explain",
            f"P(X ≥ k) < {burst:g} của Poisson có trung bình {share:g} % số phiếu của ngày đông "
            f"nhất trong 28 ngày trước, ngày đó không tính dưới {quiet} phiếu; quầy mới dưới "
            f"{known} ngày được coi như {new} phiếu/ngày; trên {minute} phiếu/phút luôn có dấu "
            f"hiệu · of a Poisson with {share:g} % of the busiest of the 28 days before, not "
            f"below {quiet} a day; a point known for less than {known} days counts as {new} a "
            f"day; above {minute} a minute always",
        ),
        "repeated": _row(
            "trong một ngày, một bộ câu trả lời giống hệt nhau xuất hiện nhiều hơn chính quầy ấy "
            "vẫn có · one day has more of the same answers than the same point usually gets",
            f"P(X ≥ k) < {chance:g}/V của nhị thức beta, tương quan trong ngày {correlation:g}, "
            f"từ {alike} phiếu giống nhau và {earlier} phiếu trước đó; chỉ đánh dấu **phần vượt** "
            f"· beta-binomial, correlation within a day {correlation:g}, from {alike} alike and "
            f"{earlier} earlier people on; only the **surplus** is marked",
        ),
        "quick": _row(
            "gửi quá nhanh so với lúc mở · sent too soon after opening",
            f"dưới {signs.QUICKEST:g} giây · below {signs.QUICKEST:g} seconds",
        ),
        "straight": _row(
            "một mức cho mọi câu **và** rất nhanh; riêng một mức cho mọi câu thì không sao · one "
            "level throughout **and** in haste; one level alone is no sign",
            f"từ {line:g} câu, dưới {pace:g} giây mỗi câu · {line:g} answers or more, below "
            f"{pace:g} s each",
        ),
        "reused": _row(
            "nhiều phiếu từ một tờ (*Người khác trả lời*) · many answers from one sheet",
            f"từ phiếu thứ {next_of_sheet} trong {hour} giờ · from number {next_of_sheet} on, "
            f"within {hour} hour",
        ),
        "staff": _row(
            "đến từ mạng nội bộ đã khai · came from a declared office network",
            "`FLASK_STAFF_NETWORKS`; không bao giờ khai Wi-Fi khách. Máy tính bảng của quầy được "
            "miễn. Không mô phỏng: không phiếu nào nếu chỉ khai mạng nội bộ · never the guest "
            "Wi-Fi; the hall's tablets are exempt. Not simulated: none where only staff are there",
        ),
        "honeypot": _row(
            "ô mà người không thấy bị điền · the field that people do not see was filled",
            "có chữ. Không mô phỏng: người không thấy ô ấy · anything in it. Not simulated: "
            "nobody sees it",
        ),
        "duplicate": _row(
            "cùng nội dung, cùng một tờ, lại gửi theo lối *Người khác trả lời* · the same content "
            "from the same sheet, once more by *Người khác trả lời*",
            f"trong {again} phút · within {again} minutes",
        ),
    }


def _row(rule: str, threshold: str) -> tuple[str, str]:
    return rule, threshold


def _usual(rule: object, name: str) -> float:
    """Return the threshold that a rule of `analysis` has when none is given."""
    usual: float = rule.__kwdefaults__[name]  # type: ignore[attr-defined]
    return usual
