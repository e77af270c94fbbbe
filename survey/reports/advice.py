"""What to do first about a factor or a question that is weak: fixed words, none about anybody.

A piece of advice is said in each language of the managers.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

Advice = Mapping[str, str]
ADVICE: Mapping[str, Advice] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
