import pytest

from survey.masking import masked


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "09-12-34-56-78",
        "0 9 1 2 3 4 5 6 7 8",
        "+84 912 345 678",
        "(+84)-912 34 56 78",
        "+84 (0) 912 345 678",
        "0084912345678",
        "84912345678",
        "O912 345 678",
        "o912.345.678",
        "0292 3 820 456",
        "(0292) 3.820.456",
        "01234567890",
        "+855 12 345 678",
        "không chín một hai ba bốn năm sáu bảy tám",
        "khong chin mot hai ba bon nam sau bay tam",
        "០៩១២៣៤៥៦៧៨",
    ],
)
def test_a_telephone_number_is_masked_however_it_is_typed(text: str) -> None:
    assert masked(f"gọi {text} nhé") == "gọi [số điện thoại] nhé"


def test_a_number_glued_to_words_is_masked() -> None:
    assert masked("sđt0912345678ạ") == "sđt[số điện thoại]ạ"


@pytest.mark.parametrize(
    ("text", "placeholder"),
    [
        ("092185001234", "[số định danh]"),
        ("092 185 001 234", "[số định danh]"),
        ("0921.8500.1234", "[số định danh]"),
        ("361234567", "[số định danh]"),
        ("361 234 567", "[số định danh]"),
        ("ten.toi@cantho.gov.vn", "[e-mail]"),
        ("ten @ gmail . com", "[e-mail]"),
        ("ten a còng gmail chấm com", "[e-mail]"),
        ("https://www.facebook.com/ten.toi", "[liên kết]"),
        ("H15.50.05.13-261015-0123", "[mã hồ sơ]"),
        ("000.19.16.H15-261015-0123", "[mã hồ sơ]"),
        ("h15 - 261015 - 0123", "[mã hồ sơ]"),
        ("65B1-123.45", "[biển số xe]"),
        ("65-B1 12345", "[biển số xe]"),
        ("65c1 4567", "[biển số xe]"),
        ("65 B1 12345", "[biển số xe]"),
        ("65 b1 123.45", "[biển số xe]"),
        ("65-B1 123.45", "[biển số xe]"),
        ("51K12345", "[biển số xe]"),
        ("9704 2292 1234 5678", "[dãy số]"),
        ("FT26274123456789", "[dãy số]"),
        ("BX 1234567", "[dãy số]"),
        ("C1234567", "[dãy số]"),
    ],
)
def test_other_numbers_that_lead_to_a_person_are_masked(text: str, placeholder: str) -> None:
    assert masked(f"xem {text}, xin cảm ơn") == f"xem {placeholder}, xin cảm ơn"


def test_of_a_number_behind_its_word_only_the_number_is_masked() -> None:
    assert masked("Số hồ sơ: 0456/2026 bị trễ") == "Số hồ sơ: [mã hồ sơ] bị trễ"


@pytest.mark.parametrize(
    "text",
    [
        "Lệ phí 12.500.000đ, hôm qua 1.250.000.000 đồng",
        "nộp 150000000đ và 200000000 đồng",
        "Từ 7h30 đến 10:45 ngày 05/09/2026, 05-09-2026 vẫn chờ",
        "Giấy hẹn 12/09/2026 mà chưa có",
        "Số 123 gọi lúc 10:45, quầy 5, phòng 201",
        "Nghị định 118/2025, Thông tư 03/2025/TT-VPCP, mẫu 01A",
        "Tổng đài 1022, 18001096, 1900 1234",
        "300.000 x 2 = 600.000",
        "photo 30k 2026",
        "hẻm 51 đường 3/2, thửa 245 tờ 12, 1200 m2",
        "65 m2 12345, mua 20 t 5000",
    ],
)
def test_fees_times_and_rules_stay(text: str) -> None:
    assert masked(text) == text
