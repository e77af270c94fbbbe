"""What every reader of a workbook must know, in Vietnamese."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from survey.exports.rows import COLUMNS, FORMAT_VERSION, LABEL, NOTICE, moment
from survey.reports import METHOD_VERSION, IndexReport

METHOD = {
    "Tên gọi": (
        f"{LABEL}. Đây không phải chỉ số hài lòng do Bộ Nội vụ công bố, không thay cho chỉ số "
        "đó và không so trực tiếp với chỉ số đó."
    ),
    "Công thức t2b-pooled": (
        "Số câu trả lời Hài lòng và Rất hài lòng chia cho số câu trả lời mức 1 đến 5, gộp mọi "
        "câu hỏi của yếu tố hoặc của cả năm yếu tố. Câu hỏi chung (overall) là một số riêng, "
        "công thức t2b-overall, không nằm trong chỉ số."
    ),
    "Khoảng tin cậy": (
        "Tính theo người trả lời, không theo câu trả lời. Tỷ lệ của một câu hỏi tại một điểm: "
        "khoảng Wilson (wilson). Chỉ số và yếu tố: ước lượng tỷ số theo cụm người trả lời, "
        "phân tầng theo điểm phục vụ, khoảng Wilson với cỡ mẫu hiệu dụng và phân vị t, ổn "
        "định hóa khi ít phiếu (wilson-neff-t)."
    ),
    "Nói về ai": (
        "Chỉ nói về những người đã trả lời (respondents_only); họ tự chọn trả lời. Khoảng tin "
        "cậy chỉ đúng cho mọi người dân nếu người không trả lời giống người trả lời. Hỏi ngay "
        "tại quầy thường cho kết quả cao hơn hỏi tại nhà."
    ),
    "Bỏ trống, không áp dụng": (
        "Câu bỏ trống (đếm ở n_missing) và câu chọn không áp dụng đều không tính vào tử số và "
        "mẫu số."
    ),
    "Số liệu bị ẩn": (
        "Câu trả lời chỉ được tính theo từng đợt có ít nhất 10 người (tỉnh có thể đặt ngưỡng "
        "cao hơn). Nơi có ít người hơn, hoặc cho phép suy ra nơi có ít người hơn, được ẩn: "
        "suppressed đúng, mọi số trống."
    ),
    "Đọc số liệu ít phiếu": (
        "10 đến 29 người: chỉ đọc khoảng tin cậy. Khoảng rộng từ 30 điểm phần trăm: chỉ ghi "
        "khoảng, estimate và std_error trống, vì chưa nên nói một con số. Dưới 100 người: không "
        "xếp hạng. Chỉ so sánh các nơi cùng peer_group, và chỉ nói khác nhau khi đã tính khoảng "
        "tin cậy của hiệu."
    ),
    "Dấu hiệu bất thường": (
        "Phiếu có dấu hiệu trả lời bất thường vẫn nằm trong số chính; estimate_unflagged là "
        "số không tính các phiếu đó, chỉ có khi kỳ đã khóa và không làm lộ câu trả lời. Phiếu do "
        "máy tự gửi, phiếu gửi lại và phiếu mà quy tắc viết trước kỳ để ra ngoài không nằm trong "
        "số nào; n_left_out đếm chúng."
    ),
    "Số trong ô": ("Mọi tỷ lệ là phần của 1, giữ đủ chữ số; ô chỉ hiện hai chữ số thập phân."),
}


def notes(reports: Sequence[IndexReport], generated_at: datetime) -> Iterator[tuple[str, str]]:
    """Yield heading and text of each note: this file, the method, the codes, the columns."""
    yield "Tình trạng", f"{NOTICE}: số liệu còn có thể thay đổi cho đến khi kỳ được chốt."
    for report in reports[:1]:
        days = f" ({report.period.days})" if report.period.days else ""
        yield "Phạm vi", f"{report.place.unit.name}, {report.period.title}{days}"
        with_imported = "Có tính" if report.with_imported else "Không tính"
        yield "Phiếu nhập từ tệp có trước", f"{with_imported} trong số liệu."
    yield "Xuất lúc", moment(generated_at)
    yield "Phiên bản", f"tệp {FORMAT_VERSION}, phương pháp {METHOD_VERSION}"
    yield from METHOD.items()
    for questionnaire in {r.questionnaire.code: r.questionnaire for r in reports}.values():
        wording = questionnaire.wordings["vi"]
        yield f"Bộ câu hỏi {questionnaire.code}", questionnaire.title
        yield from ((f"Yếu tố {code}", name) for code, name in wording.factors.items())
        yield from ((f"Câu hỏi {i.code}", wording.items[i.code]) for i in questionnaire.asked)
    yield from ((f"Cột {name}", meaning) for name, meaning in COLUMNS.items())
