"""What the rest of the service calls stands in the package, without a module in its way."""

from pathlib import Path

import pytest

import analysis

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", analysis.__all__)
def test_every_name_of_the_package_is_a_function_or_a_class(name: str) -> None:
    assert callable(getattr(analysis, name))


def test_no_module_is_called_like_a_function() -> None:
    # Importing analysis.funnel, were there one, would put the module in the function's place.
    modules = {file.stem for file in (ROOT / "analysis").glob("*.py")}
    assert modules.isdisjoint(analysis.__all__)


def test_a_name_that_is_not_there_is_missed() -> None:
    with pytest.raises(AttributeError, match="wald"):
        _ = analysis.wald  # type: ignore[attr-defined]
