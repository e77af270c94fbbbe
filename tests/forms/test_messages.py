from flask import Flask

from forms.manage import MoveForm, NewPointForm, offer_units


def test_validators_complain_in_vietnamese(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"name": "Q", "unit": "99"}):
        form = NewPointForm(meta={"csrf": False})
        offer_units(form, [("31117", "Phường Ninh Kiều")])
        assert not form.validate()
        assert form.errors["name"] == ["Xin viết từ 2 đến 120 ký tự."]
        assert form.errors["unit"] == ["Lựa chọn này không có trong danh sách. Xin chọn lại."]


def test_an_empty_field_says_so_in_vietnamese(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"unit": "31117"}):
        form = NewPointForm(meta={"csrf": False})
        offer_units(form, [("31117", "Phường Ninh Kiều")])
        assert not form.validate()
        assert form.errors["name"] == ["Xin điền ô này."]


def test_a_unit_is_asked_for_where_there_are_several(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"unit": ""}):
        form = MoveForm(meta={"csrf": False})
        offer_units(form, [("31117", "Phường Ninh Kiều"), ("31120", "Phường Cái Khế")])
        assert not form.validate()
        assert form.errors["unit"] == ["Xin chọn đơn vị."]


def test_a_wrong_field_says_so_to_a_screen_reader(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"name": "Q", "unit": "31117"}):
        form = NewPointForm(meta={"csrf": False})
        offer_units(form, [("31117", "Phường Ninh Kiều")])
        assert not form.validate()
        assert 'aria-invalid="true"' in form.name()
        assert "aria-invalid" not in form.unit()
