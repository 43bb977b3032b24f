"""The tables of a running trial, in words that SQLite and PostgreSQL share, and what refuses to change them."""

from collections.abc import Iterator, Mapping

import msgspec

_ENTRY = """
create table entry (
    trial {text} not null,
    position bigint not null,
    at {text} not null,
    "by" {text} not null,
    role {text} not null,
    site {text} not null,
    subject {text} not null,
    tag {text} not null,
    schema integer not null,
    body {text} not null,
    reason {text} not null,
    key {text} not null,
    zone {text} not null,
    client {text} not null,
    protocol {text} not null,
    software {text} not null,
    before {text} not null,
    hash {text} not null,
    nth integer not null,
    primary key (trial, position)
);
create unique index entry_key on entry (trial, key, nth) where key <> '';
create index entry_subject on entry (trial, subject, position) where subject <> '';
create index entry_site on entry (trial, site, position) where site <> '';
"""
_DATA_KEY = """
create table data_key (
    trial {text} primary key,
    master {text} not null,
    wrapped {bytes} not null
);
"""
_SEALED_ROW = """
create table secret (
    trial {text} not null,
    name {text} not null,
    sealed {bytes} not null,
    primary key (trial, name)
);
"""
_IDENTITY = """
create table identity (
    trial {text} not null,
    site {text} not null,
    participant {text} not null,
    version integer not null,
    sealed {bytes} not null,
    primary key (trial, site, participant, version)
);
"""
_ENTRY_TWINS = (
    "trial = new.trial and position = new.position",
    "new.key <> '' and trial = new.trial and key = new.key and nth = new.nth and key <> ''",
)


class Tables(msgspec.Struct, frozen=True):
    """The tables of one store. ``schema``: where they stand in PostgreSQL; SQLite has a file for each store.

    ``append_only``: which of them only grow, and what makes two of their rows the same. ``kept``: those whose rows may
    change but not go. ``rights``: what the role that uses the store may do, table by table; nothing else.
    """

    schema: str
    version: int
    created: str
    append_only: Mapping[str, tuple[str, ...]]
    kept: tuple[str, ...]
    rights: Mapping[str, str]


LOG = Tables("trial_log", 1, _ENTRY, {"entry": _ENTRY_TWINS}, (), {"entry": "select, insert"})
SEALED = Tables(
    "trial_sealed",
    1,
    _ENTRY + _DATA_KEY + _SEALED_ROW,
    {"entry": _ENTRY_TWINS, "secret": ("trial = new.trial and name = new.name",)},
    ("data_key",),
    {
        "entry": "select, insert",
        "secret": "select, insert",
        "data_key": "select, insert, update (master, wrapped)",
    },
)
VAULT = Tables(
    "trial_vault",
    2,
    _ENTRY + _DATA_KEY + _IDENTITY,
    {"entry": _ENTRY_TWINS},
    ("data_key",),
    {
        "entry": "select, insert",
        "identity": "select, insert, delete",
        "data_key": "select, insert, update (master, wrapped)",
    },
)


def sqlite_statements(tables: Tables) -> Iterator[str]:
    """What makes these tables in an empty SQLite file."""
    yield from _split(tables.created.format(text="text", bytes="blob"))
    for table in (*tables.append_only, *tables.kept):
        for doing in ("update", "delete") if table in tables.append_only else ("delete",):
            yield (
                f"create trigger {table}_no_{doing} before {doing} on {table}"
                f" begin select raise(abort, '{_refusal(doing.upper(), table)}'); end"
            )
    for table, twins in tables.append_only.items():
        # INSERT OR REPLACE would delete the older row without asking the trigger on DELETE.
        found = " or ".join(f"exists (select 1 from {table} where {same})" for same in twins)
        yield (
            f"create trigger {table}_no_replace before insert on {table} when {found}"
            f" begin select raise(abort, '{_refusal('REPLACE', table)}'); end"
        )
    yield from _versioned(tables)


def postgres_statements(tables: Tables) -> Iterator[str]:
    """What makes these tables in an empty schema, the first on the search path."""
    yield from _split(tables.created.format(text='text collate "C"', bytes="bytea"))
    yield (
        "create function refuse_change() returns trigger language plpgsql as $$ begin"
        f" raise exception '{_refusal('%', '%')}', tg_op, tg_table_name using errcode = 'restrict_violation'; end $$"
    )
    for table in (*tables.append_only, *tables.kept):
        doing = "update or delete or truncate" if table in tables.append_only else "delete or truncate"
        yield (
            f"create trigger {table}_append_only before {doing} on {table}"
            " for each statement execute function refuse_change()"
        )
        # Else a session that plays the replica would go round it.
        yield f"alter table {table} enable always trigger {table}_append_only"
    yield from _versioned(tables)


def _versioned(tables: Tables) -> Iterator[str]:
    yield "create table tables_version (version integer not null)"
    yield f"insert into tables_version values ({tables.version})"


def _refusal(doing: str, table: str) -> str:
    return f"What is written here stays: {doing} of {table} is refused."


def _split(statements: str) -> Iterator[str]:
    return (one.strip() for one in statements.split(";\n") if one.strip())
