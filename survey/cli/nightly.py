"""flask nightly: the daily close, and the same done by the bundled server at 06:00."""

import threading
from dataclasses import asdict
from datetime import date, datetime, timedelta

import click
import structlog
from flask import Flask, current_app
from flask.cli import with_appcontext

from survey import alerts, closing, db, period, splits, streams
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.closing import CloseResult
from survey.db import session
from survey.storage import (
    closes,
    comment_batches,
    contacts,
    invitations,
    scans,
    split_tallies,
    stream_releases,
)

log = structlog.get_logger()
RETRY = timedelta(minutes=10)


@click.command()
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Act as at 06:00 of this day instead of now: for tests and demonstrations.",
)
@with_appcontext
def nightly(as_of: datetime | None) -> None:
    """Close yesterday and every period due, once; then tally everything again and compare."""
    with ready():
        at = datetime.combine(as_of, period.DAILY_CLOSE) if as_of else period.now()
        if at > period.now():
            raise click.ClickException(f"{as_of:%Y-%m-%d} 06:00 has not come yet; nothing was done")
        result = close(at)
        wrong = check()
    click.echo(_said(result, period.last_close_due(at)))
    if wrong:
        raise click.ClickException(
            f"The sums of {len(wrong)} batches differ from their answers (batch {wrong[0]} …). "
            "Nothing was changed. Restore a backup, or report it to whoever keeps the service."
        )


def close(at: datetime) -> CloseResult | None:
    """Close the business day that ended before the latest 06:00; None if that was done."""
    day = period.last_close_due(at).date() - timedelta(days=1)
    threshold = current_app.config["SMALLEST_GROUP"]
    before = closes.last(session(), day)
    result = closing.close_day(session(), day, at=at, threshold=threshold)
    if result is not None and before is not None and before.threshold != threshold:
        note("change threshold", str(day), f"{before.threshold} → {threshold}")
    session().commit()
    if result is not None:
        log.info("close", day=str(day), k=threshold, **asdict(result))
    expire(period.business_day(at))
    show_streams(day, threshold)
    show_splits(threshold)
    watch(day, period.business_day(at))
    tidy()
    return result


def expire(today: date) -> None:
    """Delete what may be kept no longer."""
    contacts.expire(session(), today)
    comment_batches.expire(session(), today)
    scans.expire(session(), today)
    invitations.expire(session(), today)
    session().commit()


def show_streams(day: date, threshold: int) -> None:
    """Decide which streams of the periods closed by now stand side by side."""
    with db.snapshot() as one:
        decisions = streams.decide(one, day, threshold)
    stream_releases.put(session(), decisions)
    session().commit()


def show_splits(threshold: int) -> None:
    """Decide whom the months closed by now tell apart by visit, field, agency, punctuality."""
    with db.snapshot() as one:
        months = splits.due(one)
    for month in months:
        with db.snapshot() as one:
            groups = splits.decide(one, month, threshold)
        split_tallies.put(session(), month, groups)
        session().commit()


def watch(day: date, today: date) -> None:
    """Look for what calls for a look after the close of a day, and write to the managers."""
    new = alerts.examine(day)
    session().commit()
    sent = alerts.tell(today)
    session().commit()
    if new or sent:
        log.info("alerts", new=new, letters=sent)


def tidy() -> None:
    """Write the files anew if a close has not been followed by that yet."""
    if closes.is_untidy(session()) and db.tidy():
        closes.note_tidied(session())
        session().commit()


def check() -> list[int]:
    """Return the batches whose sums differ from their answers, and say so in the log."""
    with db.snapshot() as one:
        wrong = closing.check(one)
    if wrong:
        log.error("tallies differ", batches=wrong)
    return wrong


def keep_closing(app: Flask, stop: threading.Event | None = None) -> threading.Thread:
    """Close what is due now, then every day at 06:00, in a thread of this server."""
    arguments = (app, stop or threading.Event())
    thread = threading.Thread(target=_keep_closing, args=arguments, name="close", daemon=True)
    thread.start()
    return thread


def _keep_closing(app: Flask, stop: threading.Event) -> None:
    wait = timedelta()
    while not stop.wait(wait.total_seconds()):
        with app.app_context():
            wait = _close_safely()


def _close_safely() -> timedelta:
    """Close; return how long to wait until the next time, also when this one failed."""
    now = period.now()
    try:
        close(now)
        check()
        untidy = closes.is_untidy(session())
    except Exception:  # the thread must outlive a full disk or a database away for a night
        log.exception("close failed")
        return RETRY
    return RETRY if untidy else period.last_close_due(now) + timedelta(days=1) - now


def _said(result: CloseResult | None, due: datetime) -> str:
    if result is None:
        return f"The close of {due:%Y-%m-%d} 06:00 was done before; nothing to do."
    return (
        f"Closed {due:%Y-%m-%d} 06:00: {result.answers} answers in {result.batches} batches, "
        f"{result.waiting} still wait, {result.suppressed} cells hidden."
    )
