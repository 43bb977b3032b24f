"""``python -m equipoise.web.staff.trials``: letters of a code that was broken on paper and recorded on the server."""

import argparse
import os
import sys

from equipoise.actions.library import default_home


def main() -> None:
    parser = argparse.ArgumentParser(prog="equipoise.web.staff.trials", description="Tell of a code that was broken.")
    for name in ("trial", "participant", "by"):
        parser.add_argument(name)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise.web.settings")
    from equipoise.web.accounts.prepare import prepare

    prepare(default_home())
    _tell(asked.trial, asked.participant, asked.by)


def _tell(name: str, participant: str, by: str) -> None:
    """Where no letter can go, the person at the terminal tells them."""
    from django.utils import timezone

    from equipoise.web.accounts.post import can_send
    from equipoise.web.staff.trials.notices import tell_code_broken
    from equipoise.web.trials import the_trials

    trial = the_trials().trial(name)
    told = tell_code_broken(trial, trial.participant(participant), by, timezone.now())
    names = ", ".join(f"{person.full_name} <{person.email}>" for person in told) or "nobody who has an account"
    how = "Letters go to" if can_send() else "No mail server is named, so tell them"
    sys.stdout.write(f"{how}: {names}.\n")


if __name__ == "__main__":
    main()
