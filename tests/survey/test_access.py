"""Nobody sees rows beside or above the own subtree, in whatever tree and by whatever address.

The walk goes over the routes there are: one with an argument that is not known here fails.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from flask_login import login_user
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from werkzeug.routing import Rule

from survey import access, closing, period
from survey.access import COVERS, GRANTORS
from survey.db import session
from survey.storage import invitations, sign_ins, units, users
from survey.storage.alerts import Alert, Finding
from survey.storage.base import Base
from survey.storage.invitations import NewInvitation
from survey.storage.units import UnitRow
from survey.storage.users import ROLES, User
from tests import remarks, rows
from tests.province import SINCE
from tests.test_routes import LIBRARIES

# What stands in an address for a row of somebody: by argument, or by blueprint and argument.
OWNED = {
    "code": "code",
    "public_id": "public_id",
    "people.number": "number",
    "alerts.number": "alert",
    "invitations.number": "issue",
    "comments.name": "comment",
    "moderation.name": "comment",
}
# What else stands in an address, and what to try there.
OTHERS = {
    "year": "2026",
    "name": period.containing(period.today()).name,
    "form": "csv",
    "group": "communes",
}
# Rows named in the question, not in the path.
ASKED = {"start.show": {"point": "public_id"}}
# Names a row, but of the own account: tests of sign-ins say whose.
OWN_ACCOUNT = {"account.end_one"}
# Reads what is one's own to say which rights one has, with the units' names.
ABOUT_ONESELF = {"account.show"}
# A printed page takes a tenth of a second; refused it takes none.
SLOW = {"points.poster", "start.poster"}
KEPT = {"questionnaire_version", "installation", "audit_head", "audit_entry"}
STRANGER = {403, 404}
HTTPS = "https://localhost"
NO_COMPLAINTS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

Held = list[tuple[str, str]]
HELD = st.lists(st.tuples(st.sampled_from(ROLES), st.integers(1, 6)), min_size=1, max_size=3)


@dataclass(frozen=True)
class Node:
    """A unit of a random tree, and what there is of it; `mark` stands in every name and text."""

    code: str
    parent: str | None
    mark: str
    public_id: str = ""
    number: int = 0
    issue: int = 0
    comment: str = ""
    alert: int = 0


class Tree:
    """A random tree: the first unit is a province, what hangs where is chance."""

    def __init__(self, seed: int, size: int) -> None:
        source, codes = random.Random(seed), [f"{n:05d}" for n in range(1, size + 1)]
        self.nodes: dict[str, Node] = {}
        for n, code in enumerate(codes):
            parent = source.choice(codes[:n]) if n else None
            self.nodes[code] = Node(code, parent, f"zq{source.getrandbits(60):015x}")

    def below(self, top: str) -> set[str]:
        """Return the codes of a unit and all below it, by walking up from each."""
        return {code for code in self.nodes if top in self._above(code)}

    def _above(self, code: str) -> Iterator[str]:
        at: str | None = code
        while at is not None:
            yield at
            at = self.nodes[at].parent

    def reached(self, held: Held, names: frozenset[str]) -> set[str]:
        """Return the codes that somebody reaches in a view for these roles, by the paper."""
        tops = [top for role, top in held if COVERS[role] & names]
        return {code for top in tops for code in self.below(top)}

    def register(self) -> None:
        """Put the units into the database of the application at work."""
        units.put(session(), [self._row(node) for node in self.nodes.values()], SINCE)

    def _row(self, node: Node) -> UnitRow:
        return UnitRow(
            number=int(node.code),
            code=node.code,
            name=f"Phường {node.mark}",
            level="commune" if node.parent else "province",
            type="phuong",
            parent_code=node.parent,
        )


def person(held: Held) -> User:
    """Add the account that looks around."""
    first, *others = held
    user = users.add(session(), "toi@x.example", first[1], first[0], period.now())
    for role, code in others:
        users.grant(session(), user, role, code, period.now())
    user.tf_primary_method, user.tf_totp_secret = "authenticator", "set up elsewhere"
    return user


def limited(held: list[tuple[str, int]], size: int) -> Held:
    """Return roles over units there are, each once."""
    return sorted({(role, f"{min(n, size):05d}") for role, n in held})


@settings(max_examples=25, suppress_health_check=NO_COMPLAINTS)
@given(st.integers(0, 10**6), st.integers(1, 6), HELD)
def test_a_role_reaches_and_gives_within_its_own_subtrees_and_nowhere_else(
    app: Flask, seed: int, size: int, roles: list[tuple[str, int]]
) -> None:
    tree, held = Tree(seed, size), limited(roles, size)
    with app.test_request_context(method="POST"):
        tree.register()
        login_user(person(held))
        for name in ROLES:
            assert access.reach(name) == tree.reached(held, frozenset({name}))
            tops = [top for mine, top in held if mine in GRANTORS and name in COVERS[mine]]
            may = {code for top in tops for code in tree.below(top)}
            assert {code for code in tree.nodes if access.may_grant(name, code)} == may
        session().rollback()


@pytest.fixture
def walked(make_app: Callable[..., Flask]) -> Flask:
    """An application that lets a form without a token as far as the view."""
    return make_app(WTF_CSRF_CHECK_DEFAULT=False)


# Not made smaller on failure: each walk takes a second, and its message names the address.
@settings(
    max_examples=4,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=NO_COMPLAINTS,
)
@example(1, 5, [("manager", 2), ("reader", 3)])
@given(st.integers(0, 10**6), st.integers(2, 5), HELD)
def test_no_address_shows_or_changes_what_is_beside_or_above(
    walked: Flask, seed: int, size: int, roles: list[tuple[str, int]]
) -> None:
    tree, held = Tree(seed, size), limited(roles, size)
    client = settle(walked, tree, held)
    for rule in walked.url_map.iter_rules():
        if is_apart(walked, rule.endpoint):
            continue
        names = getattr(walked.view_functions[rule.endpoint], "roles", frozenset())
        inside = tree.reached(held, names)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            try_out(walked, client, Try(rule, method, tree, inside, held))


def is_apart(app: Flask, endpoint: str) -> bool:
    """Say whether a route shows nobody's rows, or only one's own."""
    of_library = endpoint.partition(".")[0] in LIBRARIES
    return of_library or endpoint in OWN_ACCOUNT or access.is_public(endpoint, app)


@dataclass(frozen=True)
class Try:
    """One route, and whose rows may be met there."""

    rule: Rule
    method: str
    tree: Tree
    inside: set[str]
    held: Held

    @property
    def said(self) -> set[str]:
        """The units whose names may be read."""
        if self.rule.endpoint in ABOUT_ONESELF:
            return {top for _, top in self.held}
        return self.inside

    def address(self, app: Flask, node: Node) -> str | None:
        """Return the address for a row of a unit; None when the route names nobody's row."""
        blueprint, found = self.rule.endpoint.partition(".")[0], {}
        is_owned = False
        for argument in self.rule.arguments:
            owner = OWNED.get(f"{blueprint}.{argument}", OWNED.get(argument))
            is_owned |= owner is not None
            # A KeyError here: say above what the new argument names.
            found[argument] = getattr(node, owner) if owner else OTHERS[argument]
        asked = ASKED.get(self.rule.endpoint, {})
        found |= {name: getattr(node, owner) for name, owner in asked.items()}
        with app.test_request_context():
            return url_for(self.rule.endpoint, **found) if is_owned or asked else None


def try_out(app: Flask, client: FlaskClient, one: Try) -> None:
    """Ask for the rows of every unit: those beside and above are neither shown nor touched."""
    for node in one.tree.nodes.values():
        is_inside, address = node.code in one.inside, one.address(app, node)
        if address is None or (is_inside and (one.method == "POST" or one.rule.endpoint in SLOW)):
            continue
        status, text = ask(client, one.method, address)
        if not is_inside:
            assert status in STRANGER, (one.method, address, one.held, status)
        assert not leaked(one, text), (address, one.held)
    if not one.rule.arguments and one.method == "GET":
        address = one.rule.rule
        assert not leaked(one, ask(client, "GET", address)[1]), (address, one.held)


def ask(client: FlaskClient, method: str, address: str) -> tuple[int, str]:
    """Return the status and all the text of an answer."""
    answer = client.open(address, method=method, base_url=HTTPS)
    return answer.status_code, answer.data.decode("utf-8", "replace").lower()


def leaked(one: Try, text: str) -> list[str]:
    """Return the codes of the units beside and above that a text tells of."""
    beyond = (node for code, node in one.tree.nodes.items() if code not in one.said)
    return [node.code for node in beyond if node.mark in text]


def settle(app: Flask, tree: Tree, held: Held) -> FlaskClient:
    """Put a tree with counters, people, answers and comments into the database; sign in."""
    with app.app_context():
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in KEPT:
                session().execute(delete(table))
        tree.register()
        day = period.today() - timedelta(days=1)
        for n, node in enumerate(tree.nodes.values()):
            tree.nodes[node.code] = furnish(node, n_answers=12 if n % 2 else 3)
        closing.close_day(session(), day, at=period.now(), threshold=10)
        user = person(held)
        key = sign_ins.begin(session(), user.id, period.now())
        session().commit()
        return signed_in(app, user, key)


def furnish(node: Node, n_answers: int) -> Node:
    """Give a unit a counter, an account, answers, a comment and invitations."""
    today, now = period.today(), period.now()
    day = today - timedelta(days=1)
    point = rows.point_named(session(), node.code, f"Quầy {node.mark}", SINCE)
    own = users.add(session(), f"{node.mark}@x.example", node.code, "reader", now)
    rows.answers(session(), point, day, n_answers)
    comment = remarks.comment(session(), point, day, f"Góp ý {node.mark}")
    comment.masked, comment.released_on = f"Góp ý {node.mark}", today
    code = NewInvitation(
        digest=node.mark.encode(),
        dossier=None,
        point_id=point.id,
        unit_code=node.code,
        month=today.replace(day=1),
        ends_at=now + timedelta(days=9),
        field=None,
        deciding_agency=None,
        on_time=None,
    )
    issue = invitations.issue(session(), now, [code])
    found = Finding(kind="quiet", unit_code=node.code, point_id=point.id, since=day, n=9, count=0)
    alert = Alert(raised_on=day, **asdict(found))
    session().add(alert)
    session().flush()
    known = (point.public_id, own.id, issue.id, comment.name, alert.id)
    return Node(node.code, node.parent, node.mark, *known)


def signed_in(app: Flask, user: User, key: str) -> FlaskClient:
    """Return a client with the cookie of a sign-in, without the hashing of a password."""
    client = FlaskClient(app, app.response_class)
    with client.session_transaction(base_url=HTTPS) as cookie:
        cookie |= {"_user_id": user.fs_uniquifier, "_fresh": True, "sign_in": key}
    return client
