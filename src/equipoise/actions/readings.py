"""The readings of studies' eligibility texts: a curated one before the automatic one, which is made once and kept."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec
import zstandard

from equipoise.actions.formats import read_criteria_json
from equipoise.actions.library import Library
from equipoise.actions.load import Progress, silent
from equipoise.actions.read import read_study_page
from equipoise.eligibility.expression import Reading
from equipoise.eligibility.read import read_reading
from equipoise.kernel.identifiers import number_of
from equipoise.kernel.refused import Refused
from equipoise.store.readings import Held, Readings
from equipoise.studies.read import read_study
from equipoise.studies.record import Study

READER = 4
"""Raise it whenever text is read otherwise: readings made before are then made anew."""
CHUNK = 200
_decoder = msgspec.msgpack.Decoder(Reading)
_encode = msgspec.msgpack.Encoder().encode


class SavedReading(msgspec.Struct, frozen=True):
    """One version of a curated reading. ``outdated``: the study's text has changed since it was settled."""

    version: int
    by: str
    at: str
    reading: Reading
    outdated: bool


def reading_of(library: Library, nct_id: str) -> Reading:
    """The newest curated reading of the study, or the automatic one."""
    page = read_study_page(library, nct_id)
    number, readings = number_of(page.study.nct_id), Readings(library.store)
    saved = readings.history(number)
    if saved:
        return unpacked(saved[0].packed)
    source, held = source_of(page.study), readings.automatic(number)
    if held is not None and held.source == source:
        return unpacked(held.packed)
    reading = automatic_reading(page.study)
    readings.put([Held(number, source, packed(reading))])
    return reading


def automatic_reading(study: Study) -> Reading:
    """What the text and the structured fields of a record say, read anew."""
    told = study.eligibility
    return read_reading(
        told.eligibility_criteria or "",
        study=study.nct_id,
        minimum_age=told.minimum_age,
        maximum_age=told.maximum_age,
        sex=told.sex,
        healthy_volunteers=told.healthy_volunteers,
    )


def reading_in(data: bytes) -> tuple[Reading, tuple[str, ...]]:
    """The reading in a file: criteria text; a registry record; or criteria in JSON of ours, of Circe or of FHIR R5.

    With it, in words, what of another format was lost.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            "This is not text in UTF-8.", do="Give criteria text, a registry record, or criteria JSON."
        ) from None
    if not text.lstrip().startswith("{"):
        return read_reading(text), ()
    if '"protocolSection"' in text:
        return automatic_reading(read_study(text.encode())), ()
    return read_criteria_json(text.encode())


def save_curated(library: Library, reading: Reading, *, by: str, at: str) -> Reading:
    """Save a reading over those before, which are kept. ``at`` is UTC, ISO 8601. Gives it back as it is held."""
    if not by.strip():
        raise Refused("A curated reading needs the name of who settled it.", do="Say who you are.")
    page = read_study_page(library, reading.study)
    sha = hashlib.sha256((page.study.eligibility.eligibility_criteria or "").encode()).hexdigest()
    settled = msgspec.structs.replace(
        reading, study=page.study.nct_id, text_sha256=reading.text_sha256 or sha, by=by.strip(), at=at
    )
    Readings(library.store).save(number_of(page.study.nct_id), packed(settled), by=settled.by, at=at)
    return settled


def read_curated(library: Library, nct_id: str) -> tuple[SavedReading, ...]:
    """Every curated reading of the study, newest first."""
    page = read_study_page(library, nct_id)
    sha = hashlib.sha256((page.study.eligibility.eligibility_criteria or "").encode()).hexdigest()
    found = []
    for saved in Readings(library.store).history(number_of(page.study.nct_id)):
        reading = unpacked(saved.packed)
        found.append(SavedReading(saved.version, saved.by, saved.at, reading, reading.text_sha256 not in ("", sha)))
    return tuple(found)


def bring_readings_up(library: Library, numbers: Iterable[int], *, progress: Progress = silent) -> None:
    """Make the automatic readings of these studies that are missing, or were read from something else."""
    readings = Readings(library.store)
    wanted, sources = sorted(numbers), readings.sources()
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        readings.put(_made(library, part, sources))
        progress("Reading criteria", start + len(part), len(wanted))


def _made(library: Library, numbers: list[int], sources: dict[int, bytes]) -> Iterator[Held]:
    for number, raw in library.store.raws(numbers).items():
        study = read_study(raw)
        source = source_of(study)
        if sources.get(number) != source:
            yield Held(number, source, packed(automatic_reading(study)))


def every_reading(library: Library, numbers: Iterable[int]) -> Iterator[tuple[int, Reading]]:
    """The readings held of these studies, by number: curated before automatic."""
    readings = Readings(library.store)
    curated = {saved.number: saved.packed for saved in readings.curated()}
    wanted = iter(sorted(numbers))
    while part := list(islice(wanted, CHUNK)):
        held = {one.number: one.packed for one in readings.automatics(part)} | {
            number: curated[number] for number in part if number in curated
        }
        yield from ((number, unpacked(held[number])) for number in part if number in held)


def source_of(study: Study) -> bytes:
    """A digest of all an automatic reading depends on."""
    told = study.eligibility
    fields = (told.eligibility_criteria, told.minimum_age, told.maximum_age, told.sex, told.healthy_volunteers)
    return hashlib.blake2b(_encode((READER, *fields)), digest_size=16).digest()


def packed(reading: Reading) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(_encode(reading))


def unpacked(blob: bytes) -> Reading:
    return _decoder.decode(zstandard.ZstdDecompressor().decompress(blob))
