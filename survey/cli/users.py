"""flask users: accounts. Nobody sets somebody else's password; links do, once."""

import click
from flask import current_app
from flask.cli import AppGroup

from survey import accounts, period
from survey.cli import lookup
from survey.cli.refusals import ready
from survey.db import session
from survey.storage import users
from survey.storage.users import User

group = AppGroup("users", help="Accounts of managers.")


@group.command()
@click.argument("email")
@click.option("--unit", required=True, help="The code of the unit the account reaches down from.")
def add(email: str, unit: str) -> None:
    """Add a manager and print a one-time link to set the password."""
    with ready():
        owner = lookup.unit(unit)
        email = accounts.address(email)
        if users.by_email(session(), email):
            raise click.ClickException(f"{email} has an account; run flask users invite {email}")
        user = users.add(session(), email, owner.code, "manager", period.now())
        session().commit()
    click.echo(f"{user.email} may manage {owner.name}. {_link(user)}")


@group.command()
@click.argument("email")
def invite(email: str) -> None:
    """Print a new one-time link, for an invitation that expired or a forgotten password."""
    with ready():
        click.echo(_link(_user(email)))


@group.command("list")
def list_() -> None:
    """Print the accounts: address, unit, state."""
    with ready():
        for user in users.every(session()):
            state = "active" if user.password else "invited"
            click.echo(f"{user.email} {user.unit_code} {state if user.active else 'disabled'}")


@group.command()
@click.argument("email")
def disable(email: str) -> None:
    """Shut an account out at once; what it did stays."""
    with ready():
        users.disable(_user(email))
        session().commit()
    click.echo(f"{email} is disabled")


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
