"""Files that commands write: whole under their name, or not there at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click


@contextmanager
def whole(out: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Open a file that appears under its name when it is complete, or not at all."""
    if out.exists() and not force:
        raise click.ClickException(f"{out} exists and was kept; add --force to replace it")
    part = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(out)) from error
    finally:
        part.unlink(missing_ok=True)
