"""Roles in PostgreSQL: who holds the log's address reads nothing sealed, and neither role can lift a trigger."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import psycopg
import pytest

from equipoise.kernel.refused import Refused
from equipoise.store.trial.keys import KeyFromEnvironment, new_key
from equipoise.store.trial.log import open_log
from equipoise.store.trial.sealed import open_sealed
from equipoise.store.trial.setup import Roles, role_statements, set_up
from equipoise.store.trial.tables import LOG, SEALED, VAULT
from equipoise.store.trial.vault import open_vault
from tests.chains import EVA, chained, place

Place = tuple[str, Roles]
NOT_FOR_THE_APPLICATION = [
    "select * from trial_sealed.secret",
    "select * from trial_sealed.entry",
    "select * from trial_sealed.data_key",
    "insert into trial_sealed.secret values ('T1', 'x', '')",
    "select count(*) from trial_sealed.tables_version",
    "update trial_log.entry set reason = ''",
    "delete from trial_log.entry",
    "truncate trial_log.entry",
    "alter table trial_log.entry disable trigger all",
    "drop trigger entry_append_only on trial_log.entry",
    "drop table trial_log.entry",
    "create table trial_log.mine ()",
    "create or replace function trial_log.refuse_change() returns trigger language plpgsql as 'begin return new; end'",
    "update trial_vault.identity set site = '02'",
    "update trial_vault.entry set reason = ''",
    "delete from trial_vault.entry",
    "update trial_vault.data_key set trial = 'T2'",
    "delete from trial_vault.data_key",
    "set role {owner}",
    "set role {custodian}",
    "set session_replication_role = replica",
]
NOT_FOR_THE_CUSTODIAN = [
    "insert into trial_log.entry select * from trial_log.entry",
    "update trial_log.entry set reason = ''",
    "delete from trial_log.entry",
    "truncate trial_log.entry",
    "create table trial_log.mine ()",
    "select * from trial_vault.identity",
    "select * from trial_vault.entry",
    "create table {application}.mine ()",
    "update trial_sealed.secret set sealed = ''",
    "delete from trial_sealed.entry",
    "truncate trial_sealed.data_key",
    "update trial_sealed.data_key set trial = 'T2'",
    "alter table trial_sealed.secret disable trigger all",
    "set role {owner}",
    "set role {application}",
]


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    name = secrets.token_hex(4)
    roles = Roles(f"owner_{name}", f"application_{name}", f"custodian_{name}")
    with place("postgres", request, tmp_path_factory.mktemp("roles")) as url:
        set_up(url, roles)
        yield url, roles


def as_role(place: Place, name: str) -> str:
    return place[0].replace("postgres@", f"{getattr(place[1], name)}@")


def _refused(place: Place, role: str, statement: str) -> None:
    spoken = statement.format(**msgspec.structs.asdict(place[1]))
    denied = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(as_role(place, role), autocommit=True) as connection, denied:
        connection.execute(spoken.encode())


@pytest.mark.parametrize("statement", NOT_FOR_THE_APPLICATION)
def test_must_13_the_application_is_denied(shared: Place, statement: str) -> None:
    _refused(shared, "application", statement)


@pytest.mark.parametrize("statement", NOT_FOR_THE_CUSTODIAN)
def test_the_custodian_is_denied(shared: Place, statement: str) -> None:
    _refused(shared, "custodian", statement)


def test_each_does_its_work(shared: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K", new_key())
    monkeypatch.setenv("K2", new_key())
    source, other = KeyFromEnvironment("K"), KeyFromEnvironment("K2")
    with closing(open_log(as_role(shared, "application"))) as log:
        log.load(chained(10))
        assert log.head("T1")[0] == 10
    with closing(open_log(as_role(shared, "custodian"))) as log:
        assert log.head("T1")[0] == 10
    with closing(open_vault(as_role(shared, "application"), source)) as vault:
        vault.put("T1", "01", "P-1", {"name": "Ann"})
        vault.rotate(other, EVA)
        assert vault.look("T1", "01", "P-1", EVA) == {"name": "Ann"}
        assert vault.erase("T1", "01", "P-1", EVA) == 1
    with closing(open_sealed(as_role(shared, "custodian"), source)) as sealed:
        sealed.put("T1", {"seed": b"seed"}, EVA)
        sealed.rotate(other, EVA)
        assert sealed.get("T1", "seed", EVA) == b"seed"
        assert list(sealed.altered("T1", EVA)) == []


def test_must_13_who_holds_the_log_cannot_open_the_sealed_store(shared: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K", new_key())
    with pytest.raises(Refused, match="schema trial_sealed: permission denied"):
        open_sealed(as_role(shared, "application"), KeyFromEnvironment("K"))


def test_the_owner_cannot_sign_in(shared: Place) -> None:
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        psycopg.connect(as_role(shared, "owner"))


def test_the_application_has_a_schema_of_its_own_for_accounts(shared: Place) -> None:
    """Since PostgreSQL 15 nobody makes tables in the schema public."""
    with psycopg.connect(as_role(shared, "application"), autocommit=True) as connection:
        connection.execute("create table accounts_tried ()")
        found = connection.execute("select schemaname from pg_tables where tablename = 'accounts_tried'").fetchall()
    assert found == [(shared[1].application,)]


def test_tables_of_another_version_are_refused_by_the_setup(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with place("postgres", request, tmp_path) as url:
        roles = Roles(*(f"{name}_{secrets.token_hex(4)}" for name in ("owner", "application", "custodian")))
        set_up(url, roles)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("update trial_vault.tables_version set version = 1")
        with pytest.raises(Refused, match=r"schema trial_vault: was made by another version .* \(tables 1, here"):
            set_up(url, roles)


def test_setting_up_again_changes_nothing_and_mends_rights(shared: Place) -> None:
    url, roles = shared
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"grant update, delete on trial_log.entry to {roles.application}".encode())
    set_up(url, roles)
    _refused(shared, "application", "delete from trial_log.entry where false")
    with psycopg.connect(url) as connection:
        owners = connection.execute(
            "select distinct tableowner from pg_tables where schemaname = any(%s)",
            ([LOG.schema, SEALED.schema, VAULT.schema],),
        ).fetchall()
        assert owners == [(roles.owner,)]


def test_the_sealed_store_may_stand_in_a_database_of_its_own(
    request: pytest.FixtureRequest, tmp_path: Path, shared: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K", new_key())
    with place("postgres", request, tmp_path) as url:
        set_up(url, shared[1], stores=(SEALED,))
        with closing(open_sealed(as_role((url, shared[1]), "custodian"), KeyFromEnvironment("K"))) as sealed:
            sealed.put("T1", {"seed": b"seed"}, EVA)
        with psycopg.connect(url) as connection:
            found = connection.execute("select nspname from pg_namespace where nspname like 'trial%'").fetchall()
        assert found == [("trial_sealed",)]


@pytest.mark.parametrize("name", ["x; drop role y", 'a"b', "Big", ""])
def test_a_name_that_is_no_role_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="is no name for a role"):
        list(role_statements(Roles(application=name)))
