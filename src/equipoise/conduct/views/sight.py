"""One viewer before one trial: what the gate of masking answers, asked once for each class and site."""

from collections.abc import Iterator

from equipoise.conduct.commands import Command
from equipoise.conduct.events import AdverseEvent
from equipoise.conduct.masking import Viewer, may, sees
from equipoise.conduct.participant import Participant, Reported
from equipoise.conduct.protocol.model import Field, Form
from equipoise.conduct.roles import Information
from equipoise.conduct.trial import Query, Trial
from equipoise.kernel.refused import Refused


class Sight:
    """Remembers the gate's answers for the length of one view. It decides nothing itself."""

    def __init__(self, trial: Trial, viewer: Viewer) -> None:
        self.trial = trial
        self.viewer = viewer
        self._known: dict[tuple[Information, str], bool] = {}
        self._may: dict[tuple[type[Command], str], bool] = {}
        self._fields: dict[tuple[str, str, str], tuple[Field, ...]] = {}
        self._forms: dict[tuple[str, str], Form] = {
            (version, form.id): form for version, protocol in trial.protocols.items() for form in protocol.forms
        }

    def sees(self, information: Information, site: str = "") -> bool:
        key = information, site
        if key not in self._known:
            self._known[key] = sees(self.trial, self.viewer, information, site)
        return self._known[key]

    def may(self, kind: type[Command], site: str) -> bool:
        key = kind, site
        if key not in self._may:
            self._may[key] = may(self.trial, self.viewer, kind, site)
        return self._may[key]

    def need(self, information: Information, site: str = "") -> None:
        """Refused: nothing of this class is for the viewer, at the site or anywhere. It says no more than that."""
        if (site and site not in self.trial.sites) or not self.sees(information, site):
            raise Refused("there is nothing here for your roles.", what=site[:40], do="Ask the trial's administrator.")

    def participants(self, information: Information, site: str = "") -> Iterator[Participant]:
        """Those at sites where the viewer is cleared for the class, in the order of their numbers."""
        for identifier in sorted(self.trial.participants):
            one = self.trial.participants[identifier]
            if (not site or one.site == site) and self.sees(information, one.site):
                yield one

    def fields(self, version: str, form: str, site: str) -> tuple[Field, ...]:
        """Fields of a form that are for the viewer at a site; none where the protocol has no such form."""
        key = version, form, site
        if key not in self._fields:
            found = self._forms.get((version, form))
            fields = found.fields if found else ()
            self._fields[key] = tuple(field for field in fields if self.sees(field.information, site))
        return self._fields[key]

    def form(self, version: str, form: str) -> Form | None:
        return self._forms.get((version, form))

    def sees_query(self, query: Query) -> bool:
        """A question about a field is for those who see the field; one about a form, for those who see any of it."""
        one = self.trial.participants[query.participant]
        if not self.sees(Information.OPEN, one.site):
            return False
        fields = self.fields(version_of(self.trial, one), query.place.form, one.site)
        return any(field.id == query.field for field in fields) if query.field else bool(fields)

    def sees_adverse(self, told: AdverseEvent, site: str) -> bool:
        return self.sees(Information.REACTION if told.reaction else Information.SAFETY, site)

    def adverse(self, one: Participant) -> Iterator[tuple[int, int, Reported]]:
        """A participant's adverse events that the viewer sees: number as they count, number in the log, what is known.

        Who is not cleared for reactions counts without them: a gap would tell of one.
        """
        seen = (
            (number, each) for number, each in sorted(one.adverse.items()) if self.sees_adverse(each.told, one.site)
        )
        for shown, (number, known) in enumerate(seen, 1):
            yield shown, number, known


def version_of(trial: Trial, one: Participant) -> str:
    """Of the protocol they consented to."""
    return one.consent.protocol if one.consent else trial.version
