import re

from click.testing import Result
from flask import Flask
from sqlalchemy import update

from survey.db import session
from survey.storage import audit_entries, users
from survey.storage.audit_entries import AuditEntry
from tests import province
from tests.province import Place

CLERK = "nhap@hailong.example"


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


def log(app: Flask) -> list[str]:
    with app.app_context():
        return [f"{e.actor}: {e.act}" for e in audit_entries.page(session()).rows]


def test_roles_are_given_and_taken_and_each_is_logged(app: Flask, place: Place) -> None:
    added = run(app, "users", "add", CLERK, "--unit", "31117", "--role", "clerk")
    assert "is clerk of Phường Ninh Kiều" in added.output
    again = run(app, "users", "grant", CLERK, "--unit", "31117", "--role", "clerk")
    assert (again.exit_code, "already" in again.output) == (1, True)
    assert run(app, "users", "grant", CLERK, "--unit", "92", "--role", "reader").exit_code == 0
    assert run(app, "users", "revoke", CLERK, "--unit", "31117", "--role", "clerk").exit_code == 0
    assert f"{CLERK} reader 92 invited" in run(app, "users", "list").output
    last = run(app, "users", "revoke", CLERK, "--unit", "92", "--role", "reader")
    assert (last.exit_code, "flask users disable" in last.output) == (1, True)
    acts = ("revoke role", "grant role", "invite person")
    assert log(app) == [f"command line: {act}" for act in acts]


def test_what_nobody_has_is_not_taken(app: Flask, place: Place) -> None:
    province.person(app, CLERK, ("clerk", "31117"), ("reader", "31117"))
    done = run(app, "users", "revoke", CLERK, "--unit", "92", "--role", "clerk")
    assert (done.exit_code, "flask users list" in done.output) == (1, True)


def test_a_role_there_is_not_is_refused(app: Flask, place: Place) -> None:
    assert run(app, "users", "add", CLERK, "--unit", "31117", "--role", "king").exit_code == 2


def test_disabling_ends_and_enabling_lets_in_again(app: Flask, place: Place) -> None:
    client = province.sign_in(app, place.manager)
    assert run(app, "users", "disable", place.manager).exit_code == 0
    assert province.get(client, "/points").status_code == 302
    assert run(app, "users", "enable", place.manager).exit_code == 0
    province.sign_in(app, place.manager)


def test_a_new_link_ends_the_older(app: Flask, place: Place) -> None:
    links = [
        re.findall(r"https://hailong\.example\.vn(/reset/\S+)", run(app, *command).output)[0]
        for command in [("users", "invite", place.manager)] * 2
    ]
    stranger = app.test_client()
    assert province.get(stranger, links[0]).status_code == 302
    assert province.get(stranger, links[1]).status_code == 200


def test_a_lost_second_factor_is_forgotten(app: Flask, place: Place) -> None:
    admin = province.person(app, "quantri@hailong.example", ("province-admin", "92"))
    province.sign_in(app, admin)
    assert run(app, "users", "forget-factor", admin).exit_code == 0
    with app.app_context():
        user = users.by_email(session(), admin)
        assert user is not None
        assert not user.has_factor


def test_the_log_is_verified_and_anchored(both_app: Flask) -> None:
    province.build(both_app)
    empty = run(both_app, "audit", "anchor").output.strip()
    assert empty.startswith("0:")
    run(both_app, "users", "add", CLERK, "--unit", "31117")
    kept = run(both_app, "audit", "anchor").output.strip()
    assert run(both_app, "audit", "verify").output == "1 entries stand as they were written\n"
    assert run(both_app, "audit", "verify", "--anchor", kept).exit_code == 0
    assert run(both_app, "audit", "verify", "--anchor", "x").exit_code == 1
    with both_app.app_context():
        session().execute(update(AuditEntry).values(actor="nobody"))
        session().commit()
    broken = run(both_app, "audit", "verify")
    assert (broken.exit_code, "broken from entry 1 on" in broken.output) == (1, True)
