import json
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import register
from survey.storage import unit_successions, units
from survey.storage.base import Refused
from survey.storage.units import Unit

SHARED = Path(__file__).parents[3] / "shared" / "data"
JULY = date(2025, 7, 1)
SMALL = [
    {
        "Code": "92",
        "FullName": "Thành phố Cần Thơ",
        "Wards": [
            {"Code": "31117", "FullName": "Phường Ninh Kiều", "ProvinceCode": "92"},
            {"Code": "31201", "FullName": "xã  Phong Điền", "ProvinceCode": "92"},
        ],
    },
    {
        "Code": "44",
        "FullName": "Tỉnh Quảng Trị",
        "Wards": [{"Code": "19742", "FullName": "Đặc khu Cồn Cỏ", "ProvinceCode": "44"}],
    },
]


def _file(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    file.write_text(text, "utf-8")
    return file


def test_json_units_carry_level_type_and_parent(tmp_path: Path) -> None:
    rows = register.units_of(_file(tmp_path, "units.json", SMALL))
    assert [(row.code, row.name, row.level, row.type, row.parent_code) for row in rows] == [
        ("92", "Thành phố Cần Thơ", "province", "thanh-pho", None),
        ("31117", "Phường Ninh Kiều", "commune", "phuong", "92"),
        ("31201", "Xã Phong Điền", "commune", "xa", "92"),
        ("44", "Tỉnh Quảng Trị", "province", "tinh", None),
        ("19742", "Đặc khu Cồn Cỏ", "commune", "dac-khu", "44"),
    ]


def test_one_province_can_be_taken(tmp_path: Path) -> None:
    rows = register.units_of(_file(tmp_path, "units.json", SMALL), "44")
    assert [row.code for row in rows] == ["44", "19742"]
    with pytest.raises(Refused, match="no unit of province 99"):
        register.units_of(tmp_path / "units.json", "99")


def test_csv_and_xlsx_say_the_same_as_json(tmp_path: Path) -> None:
    wanted = register.units_of(_file(tmp_path, "units.json", SMALL))
    table = [["code", "name", "parent_code"]]
    table += [[row.code, row.name, row.parent_code or ""] for row in wanted]
    text = "\n".join(";".join(line) for line in table)
    with xlsxwriter.Workbook(tmp_path / "units.xlsx") as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(table):
            sheet.write_row(number, 0, line)
    for file in (_file(tmp_path, "units.csv", text), tmp_path / "units.xlsx"):
        rows = register.units_of(file)
        assert [(row.code, row.name, row.parent_code) for row in rows] == [
            (row.code, row.name, row.parent_code) for row in wanted
        ]


def test_a_department_needs_no_numeric_code_and_may_name_its_level(tmp_path: Path) -> None:
    text = (
        "code,name,parent_code,level,type,electronic_id\n"
        "92,Thành phố Cần Thơ,,,,H13\n"
        "92.TTPVHCC,Trung tâm Phục vụ hành chính công,92,department,trung-tam,H13.01\n"
    )
    centre = register.units_of(_file(tmp_path, "units.csv", text))[1]
    assert (centre.level, centre.type, centre.electronic_id) == (
        "department",
        "trung-tam",
        "H13.01",
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("4,Phường Ba Đình,92", "row 3: 4 Phường Ba Đình: the code 4 should have 2 digits"),
        (",Phường Ba Đình,92", "row 3: .*the code “” is missing"),
        ("00004,,92", "row 3: 00004 : the name is missing"),
        ("00004,Khu phố 3,92", "row 3: .*its level is unknown"),
        ("00004,Phường Ba Đình,", "row 3: .*it has no parent_code"),
        ("92,Thành phố Huế,", "row 3: .*row 2 gives this code to Thành phố Cần Thơ"),
        ("00004,Phường Ba Đình", "row 3: 2 cells"),
    ],
)
def test_a_wrong_row_refuses_the_file_with_its_number(
    tmp_path: Path, row: str, message: str
) -> None:
    text = f"code,name,parent_code\n92,Thành phố Cần Thơ,\n{row}\n"
    with pytest.raises(Refused, match=message):
        register.units_of(_file(tmp_path, "units.csv", text))


def test_every_wrong_row_is_named_at_once(tmp_path: Path) -> None:
    text = "code,name,parent_code\n4,Phường A,92\n92,Thành phố Cần Thơ,\n5,Phường B,92\n"
    with pytest.raises(Refused) as refused:
        register.units_of(_file(tmp_path, "units.csv", text))
    assert [reason[:5] for reason in refused.value.reasons] == ["row 2", "row 4"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON"),
        ({"Code": "92"}, "must be a list"),
        ([{"FullName": "Tỉnh A"}], "row 1: .*the code “” is missing"),
        ([{"Code": "92", "FullName": "Tỉnh A", "Wards": ["x"]}], "row 2"),
        ([5], "row 1"),
    ],
)
def test_a_broken_json_is_refused(tmp_path: Path, content: object, message: str) -> None:
    with pytest.raises(Refused, match=message):
        register.units_of(_file(tmp_path, "units.json", content))


def test_a_succession_file_is_read_with_every_wrong_row(tmp_path: Path) -> None:
    header = ",".join(register.SUCCESSION_COLUMNS)
    good = "45,Tỉnh Quảng Trị,19374,Thị trấn Bến Quan,19374,Xã Bến Quan,full"
    rows = register.successions_of(_file(tmp_path, "s.csv", f"{header}\n{good}\n"))
    assert rows[0].old.type == "thi-tran"
    assert rows[0].old_province.code == rows[0].old.parent_code == "45"
    assert rows[0].full
    bad = good.replace("full", "half").replace("19374,Xã", "1937,Xã")
    with pytest.raises(Refused) as refused:
        register.successions_of(_file(tmp_path, "s.csv", f"{header}\n{good}\n{bad}\n"))
    assert len(refused.value.reasons) == 2
    assert all(reason.startswith("row 3") for reason in refused.value.reasons)


@pytest.mark.skipif(not SHARED.exists(), reason="the national files are not beside the project")
def test_all_communes_of_the_country_are_imported_twice_and_stand_once(session: Session) -> None:
    rows = register.units_of(SHARED / "units-2026.json")
    first = units.put(session, rows, JULY)
    second = units.put(session, rows, JULY)
    assert (first.added, second.added, second.unchanged) == (3355, 0, 3355)
    communes = select(func.count()).where(Unit.level == "commune", Unit.valid_to.is_(None))
    assert session.scalar(communes) == 3321


@pytest.mark.skipif(not SHARED.exists(), reason="the national files are not beside the project")
def test_the_succession_of_2025_closes_ten_thousand_communes(session: Session) -> None:
    units.put(session, register.units_of(SHARED / "units-2026.json"), JULY)
    rows = register.successions_of(SHARED / "succession-2025.csv")
    changes = unit_successions.put(session, rows, JULY)
    assert (changes.added, changes.closed_units) == (10599, 10047 + 63)
    assert len(changes.renumbered) == 2
    again = unit_successions.put(session, rows, JULY)
    assert (again.added, again.unchanged, again.closed_units) == (0, 10599, 0)
    assert len(units.subtree(session, "45", date(2025, 6, 30))) > 100


@pytest.mark.skipif(not SHARED.exists(), reason="the national files are not beside the project")
def test_one_province_gets_the_same_successions_alone_as_with_the_whole_country(
    session: Session,
) -> None:
    units.put(session, register.units_of(SHARED / "units-2026.json", "92"), JULY)
    rows = register.successions_of(SHARED / "succession-2025.csv")
    changes = unit_successions.put(session, rows, JULY, province="92")
    assert (changes.added, changes.renumbered) == (269, [])
