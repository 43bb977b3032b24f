"""The searchable copy of the registry: the store, the index made from it, and the gazetteer, in one folder."""

import os
from pathlib import Path

import platformdirs

from equipoise.finder.index import Index
from equipoise.finder.places import Gazetteer, OwnPlace
from equipoise.kernel.refused import Refused
from equipoise.store.store import Locality, Store

STUDIES = "studies.sqlite"


def default_home() -> Path:
    """``EQUIPOISE_HOME``, or the user's data directory."""
    named = os.environ.get("EQUIPOISE_HOME")
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("equipoise", appauthor=False))


class Library:
    """What every action works on. One per process; threads may share it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.store = Store(home / STUDIES)
        self.index = Index(home / "index")
        self._gazetteer: tuple[int, Gazetteer] | None = None

    @classmethod
    def open(cls, home: Path | None = None) -> "Library":
        return cls(home or default_home())

    @classmethod
    def held(cls) -> "Library":
        """The one there is: a mistyped home is refused, and nothing made of it."""
        home = default_home()
        if not (home / STUDIES).exists():
            do = "Set EQUIPOISE_HOME to where they are, or bring some: equipoise import, sync or demo."
            raise Refused("No studies are kept here.", what=str(home), do=do)
        return cls(home)

    @property
    def gazetteer(self) -> Gazetteer:
        """Places known today: made anew when the store has had another load."""
        loads = self.store.loads(1)
        newest = loads[0].id if loads else 0
        if self._gazetteer is None or self._gazetteer[0] != newest:
            own = (_own(locality) for locality in self.store.localities())
            self._gazetteer = (newest, Gazetteer(own))
        return self._gazetteer[1]

    def close(self) -> None:
        self.store.close()


def _own(locality: Locality) -> OwnPlace:
    return OwnPlace(
        city=locality.city,
        state=locality.state,
        country=locality.country,
        zip=locality.zip,
        lat=locality.lat,
        lon=locality.lon,
    )
