"""``equipoise trial audit``, ``anchor``, ``reveal`` and ``verify``: is a trial what was written?"""

import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from equipoise.actions.auditing import audit_trial, stranger, verify_allocation
from equipoise.actions.identities import Look, looks_of
from equipoise.actions.library import default_home
from equipoise.actions.opening import now, open_trial_log, open_trial_sealed, open_trial_vault, open_trials
from equipoise.cli.door import REFUSED, Json, out, print_json
from equipoise.cli.protocol import trial
from equipoise.cli.trial.asked import By, Name, Why, context_of, known, say_all
from equipoise.conduct.allocation.sealing import Reveal
from equipoise.kernel.counted import counted
from equipoise.kernel.refused import Refused
from equipoise.store.trial.anchors import ANCHOR_KEY, public_key, read_anchors, sign_anchor, write_anchors
from equipoise.store.trial.keys import KeySource, key_source


@trial.command(epilog="Exit codes: 0 all is as it was written, 3 it is not.")
def audit(
    name: Name,
    anchors: Annotated[
        list[Path] | None, typer.Option("--anchors", exists=True, dir_okay=False, help="Files of anchors kept outside.")
    ] = None,
    public: Annotated[str, typer.Option("--public-key", help="Of whoever signs the anchors.")] = "",
    by: Annotated[str, typer.Option("--by", help="Your account; with it the sealed store is checked too.")] = "",
    vault: Annotated[bool, typer.Option("--vault", help="Instead, who read whose name, and when.")] = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002
) -> None:
    """Verify the chain, replay everything, and name the first altered position."""
    home, log = default_home(), open_trial_log(default_home(), os.environ)
    known(name, log)
    if vault:
        _audit_vault(name, json=json)
        return
    kept = [anchor for path in anchors or () for anchor in read_anchors(path, name)]
    sealed = open_trial_sealed(home, os.environ) if by else None
    context = context_of(by, "audit") if by else None
    found = audit_trial(log, name, anchors=kept, public_key=public, sealed=sealed, context=context)
    if json:
        print_json(found)
    else:
        _print_problems(found.problems)
        say_all(found.notes)
        entries, anchored = counted(found.entries, "entry", "entries"), counted(len(kept), "anchor", "anchors")
        held = f"{entries}, {anchored}. Head: {found.head}"
        out.print(held if found.problems else f"All is as it was written. {held}", highlight=False, soft_wrap=True)
    if found.problems:
        raise typer.Exit(REFUSED)


def _print_problems(problems: tuple[str, ...]) -> None:
    for problem in problems:
        out.print(problem, style="red", markup=False, highlight=False, soft_wrap=True)


def _audit_vault(name: str, *, json: bool) -> None:
    looked = looks_of(open_trial_vault(default_home(), os.environ), name)
    if json:
        print_json(looked)
    else:
        for look in looked.looks:
            out.print(_words(look), markup=False, highlight=False, soft_wrap=True)
        _print_problems(looked.problems)
        if not looked.looks:
            out.print("Nobody has looked at a name.")
    if looked.problems:
        raise typer.Exit(REFUSED)


def _words(look: Look) -> str:
    whom = look.participant or (f"everybody at site {look.site}" if look.site else "everybody")
    return "  ".join(filter(None, (look.at, look.by, look.did, whom, look.client, look.reason)))


def _print_public(asked: bool) -> None:
    if not asked:
        return
    key = _anchor_key()
    if key is None:
        do_next = "Name a key made by equipoise trial key, as file:PATH."
        raise Refused("is not set, so anchors are not signed.", what=ANCHOR_KEY, do=do_next)
    out.print(public_key(key), highlight=False, soft_wrap=True)
    raise typer.Exit


def _anchor_key() -> KeySource | None:
    named = os.environ.get(ANCHOR_KEY, "")
    return key_source(named) if named else None


Public = Annotated[
    bool,
    typer.Option("--public", callback=_print_public, is_eager=True, help="Instead, the key to check signatures with."),
]


@trial.command(epilog="Hand the file to somebody outside: it finds a log whose end was cut off.")
def anchor(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The file to add a line to.")],
    public: Public = False,  # noqa: ARG001, FBT002
) -> None:
    """Write down the head of the log, signed where EQUIPOISE_ANCHOR_KEY names a key."""
    log = open_trial_log(default_home(), os.environ)
    known(name, log)
    made, key = log.anchor(name, now()), _anchor_key()
    write_anchors(file, [sign_anchor(made, key) if key else made])
    done = "Signed and anchored" if key else "Anchored, unsigned,"
    out.print(f"{done} {name} at entry {made.position}: {made.hash}", highlight=False, soft_wrap=True)


@trial.command()
def reveal(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    by: By,
    why: Why,
) -> None:
    """Write everything that was sealed, once the trial is unblinded, for anybody to check."""
    trials = open_trials(default_home(), os.environ)
    known(name, trials.log)
    opened = trials.custodian.reveal(name, context_of(by, why))
    try:
        with file.open("xb") as written:
            written.write(msgspec.json.format(msgspec.json.encode(opened)))
    except FileExistsError:
        raise Refused("is there already.", what=str(file), do="Choose another name.") from None
    out.print(f"Wrote {file}. Check it: equipoise trial verify {name} {file}", highlight=False, soft_wrap=True)
    say_all(stranger(trials.trial(name), by))


@trial.command(epilog="Exit codes: 0 everything agrees, 3 something does not.")
def verify(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The file that `trial reveal` wrote.", exists=True, dir_okay=False)],
) -> None:
    """Draw every assignment again from what was revealed, and hold it against the commitment and the log."""
    try:
        opened = msgspec.json.decode(file.read_bytes(), type=Reveal)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Refused(f"is not what `trial reveal` writes: {error}.", what=str(file)) from None
    trials = open_trials(default_home(), os.environ)
    known(name, trials.log)
    state = trials.trial(name)
    problems = verify_allocation(state, opened)
    _print_problems(problems)
    if problems:
        raise typer.Exit(REFUSED)
    count = len(state.order)
    many = "The one assignment is that" if count == 1 else f"All {count} assignments are those"
    out.print(f"{many} committed to before the first participant.")
