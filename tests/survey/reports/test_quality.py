from survey.reports.quality import signs_of
from survey.storage.responses import Received


def _received(signs: str, n: int, left_out: int = 0) -> Received:
    return Received("31117", 1, "qr", signs, n, 0, left_out)


def test_signs_are_told_in_multiples_of_k_the_most_frequent_first() -> None:
    rows = [_received("quick", 19), _received("quick straight", 11), _received("", 500)]
    assert list(signs_of(rows, 10).items()) == [("quick", 30), ("straight", 10)]


def test_fewer_than_k_are_told_as_none_of_a_number_in_an_order_that_tells_no_more() -> None:
    rows = [_received("staff", 9), _received("reused", 1), _received("", 50)]
    assert list(signs_of(rows, 10).items()) == [("reused", 0), ("staff", 0)]


def test_what_no_figure_counts_shows_its_signs_too() -> None:
    assert signs_of([_received("honeypot", 0, left_out=12)], 10) == {"honeypot": 10}
