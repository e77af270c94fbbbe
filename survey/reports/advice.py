"""What to do first about a factor or a question that is weak: fixed words, none about anybody."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

ADVICE: Mapping[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
