"""A server that dies once, after an answer is committed and before its reply leaves.

python -m tests.dying PORT MARK: it dies at the first POST, leaving the file MARK; started
again, it lives. Its database comes from the environment, as for `flask serve`.
"""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from waitress import serve

from survey.app import create_app


def main(port: str, mark: str) -> None:
    """Serve on a port of 127.0.0.1."""
    application = create_app().wsgi_app

    def dying(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        reply = list(application(environ, start))
        if environ["REQUEST_METHOD"] == "POST" and not Path(mark).exists():
            Path(mark).touch()
            os._exit(9)
        return reply

    serve(dying, host="127.0.0.1", port=int(port), _quiet=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
