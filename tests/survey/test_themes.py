import pytest

from survey import themes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chờ gần 2 tiếng mới tới lượt", {"wait"}),
        ("cho lau wa", {"wait"}),
        ("Nhà vệ sinh dơ, không có nước", {"premises"}),
        ("VNeID đăng nhập không được", {"online"}),
        ("Trễ hẹn 5 ngày", {"on_time"}),
        ("Lệ phí 8.000đ niêm yết ở cửa", {"fee"}),
        ("Tờ khai rườm rà", {"paperwork"}),
        ("Không có bảng chỉ dẫn", {"guidance"}),
        ("Cán bộ rất nhiệt tình", {"attitude", "praise"}),
        ("can bo rat nhiet tinh", {"attitude", "praise"}),
        ("CÁN BỘ HOÀ NHÃ", {"attitude", "praise"}),
        ("Rác 3 ngày chưa lấy", {"other"}),
        ("", {"other"}),
    ],
)
def test_a_comment_has_the_themes_it_speaks_of(text: str, expected: set[str]) -> None:
    assert set(themes.of(text)) == expected


def test_what_is_denied_is_no_praise() -> None:
    assert "praise" in themes.of("Tôi hài lòng")
    assert "praise" not in themes.of("Tôi không hài lòng")
    assert "praise" not in themes.of("thai do chua tot")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Gợi ý bồi dưỡng mới nhận hồ sơ", "money"),
        ("Thu 200 ngàn không có biên lai", "money"),
        ("dua 2 trieu cho nguoi ta lo giup", "money"),
        ("đưa 500k thì làm nhanh", "money"),
        ("phai lot tay moi xong", "money"),
        ("He asked for money without a receipt", "money"),
        ("bị cán bộ mắng và xúc phạm", "harassment"),
        ("cố tình gây khó dễ", "harassment"),
        ("noi tuc chui the voi dan", "harassment"),
        ("nhắn tin rủ đi khách sạn", "harassment"),
        ("ép tôi chấm rất hài lòng", "harassment"),
    ],
)
def test_money_and_harassment_are_held(text: str, reason: str) -> None:
    assert reason in themes.holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Lệ phí 8.000đ có biên lai",
        "Đóng 12.500.000đ thuế đất",
        "co huong dan ro rang",
        "Cán bộ vui vẻ, cho tôi xin mẫu đơn",
        "Cha tôi được tặng quà Tết",
    ],
)
def test_ordinary_words_about_fees_are_not_held(text: str) -> None:
    assert themes.holds(text) == ()


def test_every_theme_and_reason_has_a_title() -> None:
    assert [*themes.LISTS["themes"], themes.OTHER] == list(themes.TITLES)
    assert list(themes.LISTS["holds"]) == list(themes.HOLDS)
