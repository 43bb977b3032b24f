"""The tables of the study store (SQLite)."""

TABLES_VERSION = 2

PAGE_BYTES = 32_768
"""Some six packed records in a page: writing takes a fifth less time than with pages that each record overflows."""

TABLES = """
create table study (
    number    integer primary key,   -- of the NCT id
    version   integer not null,      -- the current one
    updated   text not null,         -- its last update posted, '' where the record gives none
    change    integer not null,      -- when it last changed, counted over all changes of the store
    withdrawn text,                  -- when the registry was found to hold it no more
    sites     integer not null default 0  -- of the current version; a withdrawn study has none
);
create index study_change on study (change);

create table study_version (
    number  integer not null,
    version integer not null,        -- in order of arrival
    updated text not null,
    load    integer not null references load (id),
    digest  blob not null,           -- BLAKE2b of the record as it came
    raw     blob not null,           -- the record as it came, zstd
    primary key (number, version)
);

create table alias (
    alias  integer primary key,      -- an identifier the registry has merged into another
    number integer not null
);

create table locality (              -- every place the records have named with coordinates
    country text not null,
    state   text not null,
    city    text not null,
    zip     text not null,
    lat     real not null,
    lon     real not null,
    primary key (country, state, city, zip)
) without rowid;

create table load (                  -- the log of imports and synchronisations
    id             integer primary key,
    kind           text not null,    -- import, sync or examples
    source         text not null,
    query          text,             -- of a sync: what was asked for, '' for everything
    started        text not null,
    data_timestamp text,
    added          integer not null default 0,
    changed        integer not null default 0,
    unchanged      integer not null default 0,
    older          integer not null default 0,
    withdrawn      integer not null default 0,
    refused        integer not null default 0
);

create table refusal (
    load integer not null references load (id),
    what text not null,
    why  text not null
);
"""

FROM_1 = """
alter table study add column sites integer not null default 0;
update study set sites = (select count(*) from site where site.number = study.number);
drop table site;
"""
"""The first tables held each site in a row, which nobody read: the records hold them."""
