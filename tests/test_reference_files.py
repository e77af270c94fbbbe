"""Every number to test against says which script printed it."""

import json
import re
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parent / "reference"
README = (REFERENCE / "README.md").read_text("utf-8")
PRINTED_BY = dict(re.findall(r"^\| `([\w.-]+)` \| (.+?) \|", README, re.MULTILINE))
DATA = sorted(file.name for file in REFERENCE.iterdir() if file.suffix in {".csv", ".json"})


def test_every_file_of_numbers_has_its_line() -> None:
    assert sorted(PRINTED_BY) == DATA


@pytest.mark.parametrize("name", DATA)
def test_the_script_named_is_the_one_that_writes_the_file(name: str) -> None:
    said = json.loads((REFERENCE / name).read_text("utf-8")) if name.endswith(".json") else {}
    if "source" in said:
        assert PRINTED_BY[name].startswith("no script")
        return
    script = PRINTED_BY[name].strip("`")
    text = (REFERENCE / script).read_text("utf-8")
    assert f"Rscript tests/reference/{script}" in text
    assert re.search(rf"\b{re.escape(name)}\b", text)
    if said:
        assert said["script"] == f"tests/reference/{script}"


def test_no_script_asks_the_code_under_test() -> None:
    for script in REFERENCE.glob("*.R"):
        assert not re.search(r"reticulate|system2?\(|python", script.read_text("utf-8"))
