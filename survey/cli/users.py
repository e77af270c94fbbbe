"""flask users: accounts. Nobody sets somebody else's password; links do, once."""

import click
from flask import current_app
from flask.cli import AppGroup

from survey import accounts, period
from survey.cli import lookup
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.db import session
from survey.storage import sign_ins, users
from survey.storage.users import MANAGER, ROLES, User

group = AppGroup("users", help="Accounts and their roles.")
UNIT = click.option("--unit", required=True, help="The code of the unit the role begins at.")
ROLE = click.option("--role", type=click.Choice(ROLES), default=MANAGER, show_default=True)


@group.command()
@click.argument("email")
@UNIT
@ROLE
def add(email: str, unit: str, role: str) -> None:
    """Add an account and print a one-time link to set the password."""
    with ready():
        owner = lookup.unit(unit)
        email = accounts.address(email)
        if users.by_email(session(), email):
            raise click.ClickException(
                f"{email} has an account; run flask users invite {email}, or grant it a role"
            )
        user = users.add(session(), email, owner.code, role, period.now())
        note("invite person", email, f"{role} {owner.code}")
        session().commit()
    click.echo(f"{user.email} is {role} of {owner.name}. {_link(user)}")


@group.command()
@click.argument("email")
@UNIT
@ROLE
def grant(email: str, unit: str, role: str) -> None:
    """Give an account another role."""
    with ready():
        user, owner = _user(email), lookup.unit(unit)
        if not users.grant(session(), user, role, owner.code, period.now()):
            raise click.ClickException(f"{user.email} is {role} of {owner.name} already")
        note("grant role", user.email, f"{role} {owner.code}")
        session().commit()
    click.echo(f"{user.email} is {role} of {owner.name}")


@group.command()
@click.argument("email")
@UNIT
@ROLE
def revoke(email: str, unit: str, role: str) -> None:
    """Take a role from an account; the last one goes only with flask users disable."""
    with ready():
        user = _user(email)
        if len(user.assignments) == 1:
            raise click.ClickException(f"It is the last role; run flask users disable {email}")
        # By its code: a unit that has ended still has people.
        if not users.revoke(session(), user, role, unit):
            raise click.ClickException(f"{email} is not {role} of {unit}; see flask users list")
        note("revoke role", user.email, f"{role} {unit}")
        session().commit()
    click.echo(f"{user.email} is no longer {role} of {unit}")


@group.command()
@click.argument("email")
def invite(email: str) -> None:
    """Print a new one-time link, for an invitation that expired or a forgotten password.

    Older links and open sign-ins of the account end.
    """
    with ready():
        user = _user(email)
        users.renew(user)
        sign_ins.end(session(), user.id)
        note("renew link", user.email)
        session().commit()
        click.echo(_link(user))


@group.command("list")
def list_() -> None:
    """Print the accounts, a line for each role: address, role, unit, state."""
    with ready():
        for user in users.every(session()):
            state = "active" if user.password else "invited"
            for each in user.assignments:
                shown = state if user.active else "disabled"
                click.echo(f"{user.email} {each.role} {each.unit_code} {shown}")


@group.command()
@click.argument("email")
def disable(email: str) -> None:
    """Shut an account out at once; what it did stays."""
    with ready():
        user = _user(email)
        users.disable(user)
        sign_ins.end(session(), user.id)
        note("disable account", user.email)
        session().commit()
    click.echo(f"{email} is disabled")


@group.command()
@click.argument("email")
def enable(email: str) -> None:
    """Let an account sign in again."""
    with ready():
        user = _user(email)
        users.enable(user)
        note("enable account", user.email)
        session().commit()
    click.echo(f"{email} may sign in again")


@group.command("forget-factor")
@click.argument("email")
def forget_factor(email: str) -> None:
    """Let an account set up its second factor anew: its owner lost the device and the codes."""
    with ready():
        user = _user(email)
        users.forget_factor(user)
        sign_ins.end(session(), user.id)
        note("forget second factor", user.email)
        session().commit()
    click.echo(f"{email} signs in without a second factor, and sets one up as its roles demand")


def _user(email: str) -> User:
    user = users.by_email(session(), email)
    if user is None:
        raise click.ClickException(
            f"{email} has no account; run flask users add {email} --unit CODE"
        )
    return user


def _link(user: User) -> str:
    base = current_app.config["PUBLIC_BASE_URL"] or f"http://127.0.0.1:{current_app.config['PORT']}"
    with current_app.test_request_context(base_url=base):
        path = accounts.invitation(user)
    return f"Valid once, for {accounts.INVITATION_DAYS} days, while the service runs: {base}{path}"
