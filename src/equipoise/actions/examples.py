"""The bundled sample: JASMINE with its curated criteria, and studies that never were."""

from equipoise import examples
from equipoise.actions.library import Library
from equipoise.actions.load import Loaded, Progress, load_entries, silent
from equipoise.actions.readings import read_curated, save_curated
from equipoise.eligibility.format import from_json
from equipoise.exchange.files import Entry
from equipoise.store.load import Origin


def load_examples(library: Library, *, at: str, progress: Progress = silent) -> Loaded:
    """Load the bundled sample. A curated reading that people here have saved is left alone."""
    entries = (Entry(where="bundled sample", raw=raw) for raw in examples.sample())
    loaded = load_entries(library, entries, Origin("examples", "bundled sample", at), progress=progress)
    if not read_curated(library, examples.JASMINE):
        reading = from_json(examples.jasmine_criteria())
        save_curated(library, reading, by=reading.by, at=reading.at)
    return loaded
