"""The peer: SQLite FTS5 as a careful programmer would set it up, over the same studies, fields and filters."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from equipoise.finder.ask import Ask
from equipoise.finder.document import day_number, texts_of
from equipoise.finder.fields import TEXTS, WEIGHTS, Area
from equipoise.finder.globe import distance_km
from equipoise.studies.labels import age_range_days, funder_types
from equipoise.studies.read import read_study
from equipoise.studies.record import Study
from equipoise.studies.sites import is_open

COLUMNS = [text.name for text in TEXTS]
_FACETS = {
    "status": "select status, count(*) from hit group by 1 order by 2 desc limit 60",
    "phase": "select p.phase, count(*) from hit join phase p using (id) group by 1 order by 2 desc limit 60",
    "study_type": "select study_type, count(*) from hit group by 1 order by 2 desc limit 60",
    "country": "select c.country, count(*) from hit join country c using (id) group by 1 order by 2 desc limit 60",
}


class Peer:
    """An FTS5 table (Porter stemmer), side tables for filters, an R*Tree for sites."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file)
        self.connection.executescript("pragma journal_mode = wal; pragma synchronous = normal;")

    def build(self, raws: Iterable[bytes]) -> float:
        """Seconds to build it all from the raw records."""
        start = time.perf_counter()
        with self.connection as connection:
            connection.executescript(
                f"""create virtual table text using fts5({", ".join(COLUMNS)},
                                                         tokenize='porter unicode61');
                create table study (id integer primary key, raw blob, status, study_type, sex, age_from, age_to,
                                    updated);
                create table phase (id, phase); create table country (id, country); create table funder (id, funder);
                create virtual table box using rtree(site, lat0, lat1, lon0, lon1, +id integer, +open integer);
                """
            )
            for number, raw in enumerate(raws, 1):
                self._add(number, raw)
            connection.executescript("create index phase_id on phase (id); create index country_id on country (id);")
        return time.perf_counter() - start

    def _add(self, number: int, raw: bytes) -> None:
        study = read_study(raw)
        texts = dict(texts_of(study))
        values = ["\n".join(text for text in texts.get(column, ()) if text) for column in COLUMNS]
        execute = self.connection.execute
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        execute(f"insert into text (rowid, {', '.join(COLUMNS)}) values ({marks})", (number, *values))
        execute("insert into study values (?, ?, ?, ?, ?, ?, ?, ?)", (number, raw, *_facts(study)))
        many = self.connection.executemany
        many("insert into phase values (?, ?)", [(number, phase) for phase in study.design.phases])
        many("insert into country values (?, ?)", {(number, site.country) for site in study.locations})
        many("insert into funder values (?, ?)", [(number, funder) for funder in funder_types(study)])
        many("insert into box values (null, ?, ?, ?, ?, ?, ?)", list(_boxes(study, number)))

    def replace(self, numbered: list[tuple[int, bytes]]) -> float:
        """Seconds until the changed studies are visible."""
        start = time.perf_counter()
        with self.connection as connection:
            for number, raw in numbered:
                connection.execute("delete from text where rowid = ?", (number,))
                for table in ("study", "phase", "country", "funder"):
                    connection.execute(f"delete from {table} where id = ?", (number,))
                self._add(number, raw)
        return time.perf_counter() - start

    def search(self, ask: Ask) -> int:
        """Count, four facets, and the top twenty with their records."""
        self.connection.execute("drop table if exists temp.hit")
        weights = ", ".join(str(WEIGHTS[Area.BASIC].get(column, 0.0)) for column in COLUMNS)
        words = " ".join(f'"{word}"' for word in ask.words.split())
        conditions, values = _conditions(ask)
        self.connection.execute(
            f"create temp table hit as select s.id, s.status, s.study_type, bm25(text, {weights}) as score from text"
            f" join study s on s.id = text.rowid where text match ? {conditions}",
            (words, *values),
        )
        (total,) = self.connection.execute("select count(*) from hit").fetchone()
        for query in _FACETS.values():
            self.connection.execute(query).fetchall()
        top = "select s.raw from hit join study s using (id) order by hit.score limit 20"
        for (raw,) in self.connection.execute(top):
            read_study(raw)
        return int(total)

    def near(self, ask: Ask) -> int:
        """Text within a radius: the box from the R*Tree, then the exact distance."""
        assert ask.place is not None
        assert ask.within_km is not None
        lat, lon, reach = ask.place.lat, ask.place.lon, ask.within_km / 111.0
        rows = self.connection.execute(
            "select b.id, b.lat0, b.lon0 from box b where b.lat0 >= ? and b.lat1 <= ? and b.lon0 >= ? and b.lon1 <= ?"
            " and b.open and b.id in (select rowid from text where text match ?)",
            (lat - reach, lat + reach, lon - 2 * reach, lon + 2 * reach, ask.words),
        )
        return len({number for number, y, x in rows if distance_km(lat, lon, y, x) <= ask.within_km})


def _facts(study: Study) -> tuple[object, ...]:
    youngest, too_old = age_range_days(study.eligibility)
    updated = day_number(study.status.last_update_post_date_struct.date)
    return (
        *(study.status.overall_status, study.design.study_type, study.eligibility.sex),
        *(int(youngest or 0), int(too_old or 100_000), updated),
    )


def _boxes(study: Study, number: int) -> Iterator[tuple[object, ...]]:
    for site in study.locations:
        if site.geo_point:
            lat, lon = site.geo_point.lat, site.geo_point.lon
            yield lat, lat, lon, lon, number, is_open(site, study)


def _conditions(ask: Ask) -> tuple[str, tuple[object, ...]]:
    found, values = [], []
    if ask.status:
        found.append(f"and s.status in ({', '.join('?' * len(ask.status))})")
        values += list(ask.status)
    if ask.age is not None:
        found.append("and s.age_from <= ? and s.age_to > ?")
        values += [ask.age * 365.25, ask.age * 365.25]
    if ask.phase:
        marks = ", ".join("?" * len(ask.phase))
        found.append(f"and exists (select 1 from phase p where p.id = s.id and p.phase in ({marks}))")
        values += list(ask.phase)
    return " ".join(found), tuple(values)
