"""``equipoise trial``: opening a trial, checking that it is what was written, and keeping it safe."""

import os
import signal
import threading
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from equipoise.actions.auditing import audit_trial, verify_allocation
from equipoise.actions.custodian import Service
from equipoise.actions.custody import Keeper
from equipoise.actions.library import default_home
from equipoise.actions.opening import now, open_trial_log, open_trial_sealed, open_trial_vault, open_trials
from equipoise.actions.validation import gather
from equipoise.cli.door import REFUSED, Json, app, err, out, print_json
from equipoise.cli.protocol import trial
from equipoise.conduct import commands as do
from equipoise.conduct.allocation.sealing import Reveal
from equipoise.conduct.log import Context
from equipoise.conduct.protocol.reading import read_protocol
from equipoise.kernel.refused import Refused
from equipoise.store.trial.anchors import read_anchors, write_anchors
from equipoise.store.trial.backup import back_up, restore
from equipoise.store.trial.keys import new_key, split_key

Name = Annotated[str, typer.Argument(help="The trial's id, as its protocol gives it.")]
By = Annotated[str, typer.Option("--by", help="Your account: it goes into the log with what you do.")]
Why = Annotated[str, typer.Option("--why", help="The reason: it goes into the log.")]


def _context(by: str, why: str = "") -> Context:
    return Context(by=by, at=now(), reason=why, client="command line")


@trial.command("open", epilog="Example: equipoise trial open protocol.yaml --by ada --name 'Ada Minder'")
def open_(
    file: Annotated[Path, typer.Argument(help="The protocol file.", exists=True, dir_okay=False)],
    by: By,
    name: Annotated[str, typer.Option(help="Your full name. You become the trial's first administrator.")],
) -> None:
    """Open a trial from its protocol file. The file is kept whole in the log."""
    protocol = read_protocol(file.read_text("utf-8"))
    done = open_trials(default_home(), os.environ).ask(protocol.id, do.OpenTrial(protocol, name), _context(by))
    sites = len(done.trial.sites)
    out.print(f"{protocol.id} {protocol.version} is open, with {sites} sites. {name} is its administrator.")


@trial.command("list")
def list_(json: Json = False) -> None:  # noqa: FBT002
    """The trials kept here, and how far each is."""
    trials = open_trials(default_home(), os.environ)
    lines = [trials.trial(each) for each in trials.names()]
    if json:
        print_json([{"trial": one.id, "entries": one.position, "randomised": len(one.order)} for one in lines])
        return
    for one in lines:
        cap = one.protocol.allocation.cap
        out.print(f"{one.id}: {one.position} entries, {len(one.order)} of {cap} randomised, {one.stage.value}.")
    if not lines:
        out.print("No trial is kept here. Begin one: equipoise trial new protocol.yaml")


@trial.command(epilog="Exit codes: 0 all is as it was written, 3 it is not.")
def audit(
    name: Name,
    anchors: Annotated[list[Path] | None, typer.Option("--anchors", help="Files of anchors kept outside.")] = None,
    by: Annotated[str, typer.Option("--by", help="Your account; with it the sealed store is checked too.")] = "",
    json: Json = False,  # noqa: FBT002
) -> None:
    """Verify the chain, replay everything, and name the first altered position."""
    home, log = default_home(), open_trial_log(default_home(), os.environ)
    _known(name, log.trials())
    kept = [anchor for path in anchors or () for anchor in read_anchors(path, name)]
    sealed = open_trial_sealed(home, os.environ) if by else None
    context = _context(by, "audit") if by else None
    found = audit_trial(log, name, anchors=kept, sealed=sealed, context=context)
    if json:
        print_json(found)
    else:
        for problem in found.problems:
            out.print(problem, style="red", markup=False, highlight=False, soft_wrap=True)
        held = f"{found.entries} entries, {len(kept)} anchors. Head: {found.head}"
        out.print(held if found.problems else f"All is as it was written. {held}", highlight=False, soft_wrap=True)
    if found.problems:
        raise typer.Exit(REFUSED)


def _known(name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        known = ", ".join(names) or "none"
        raise Refused("is not a trial kept here.", what=name, do=f"There are: {known}.")


@trial.command(epilog="Hand the file to somebody outside: it finds a log whose end was cut off.")
def anchor(name: Name, file: Annotated[Path, typer.Argument(help="The file to add a line to.")]) -> None:
    """Write down the head of the log."""
    log = open_trial_log(default_home(), os.environ)
    _known(name, log.trials())
    made = log.anchor(name, now())
    write_anchors(file, [made])
    out.print(f"Anchored {name} at entry {made.position}: {made.hash}", highlight=False, soft_wrap=True)


@trial.command()
def reveal(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    by: By,
    why: Why,
) -> None:
    """Write everything that was sealed, once the trial is unblinded, for anybody to check."""
    opened = open_trials(default_home(), os.environ).custodian.reveal(name, _context(by, why))
    try:
        with file.open("xb") as written:
            written.write(msgspec.json.format(msgspec.json.encode(opened)))
    except FileExistsError:
        raise Refused("is there already.", what=str(file), do="Choose another name.") from None
    out.print(f"Wrote {file}. Check it: equipoise trial verify {name} {file}", highlight=False, soft_wrap=True)


@trial.command(epilog="Exit codes: 0 everything agrees, 3 something does not.")
def verify(
    name: Name, file: Annotated[Path, typer.Argument(help="The file that `trial reveal` wrote.", exists=True)]
) -> None:
    """Draw every assignment again from what was revealed, and hold it against the commitment and the log."""
    try:
        opened = msgspec.json.decode(file.read_bytes(), type=Reveal)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Refused(f"is not what `trial reveal` writes: {error}.", what=str(file)) from None
    state = open_trials(default_home(), os.environ).trial(name)
    problems = verify_allocation(state, opened)
    for problem in problems:
        out.print(problem, style="red", markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(REFUSED)
    out.print(f"All {len(state.order)} assignments are those committed to before the first participant.")


@trial.command()
def backup(folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")]) -> None:
    """Write log, sealed store and vault into one folder, with digests. Nothing in it is opened; keys stay apart."""
    home = default_home()
    made = back_up(
        folder,
        at=now(),
        log=open_trial_log(home, os.environ),
        sealed=open_trial_sealed(home, os.environ),
        vault=open_trial_vault(home, os.environ),
    )
    out.print(f"Wrote {len(made.files)} files to {folder}. Keep the keys elsewhere.", highlight=False, soft_wrap=True)


@trial.command("restore")
def restore_(
    folder: Annotated[Path, typer.Argument(help="A folder that `trial backup` wrote.", exists=True, file_okay=False)],
    anchors: Annotated[Path | None, typer.Option(help="A file of anchors kept outside.")] = None,
) -> None:
    """Fill empty stores from a backup; every digest and the chain are checked before and after."""
    home = default_home()
    made = restore(
        folder,
        log=open_trial_log(home, os.environ),
        sealed=open_trial_sealed(home, os.environ),
        vault=open_trial_vault(home, os.environ),
        anchors=read_anchors(anchors) if anchors else (),
    )
    out.print(f"Restored what was backed up at {made.at}. Check it: equipoise trial audit", highlight=False)


@trial.command(epilog="Run it as the database's administrator; running it again changes nothing.")
def database(
    url: Annotated[str, typer.Argument(help="postgresql://… of the database that will hold the trials.")],
) -> None:
    """Make the schemas and roles of the log, the vault and the sealed store, each with its own rights."""
    from equipoise.store.trial.setup import set_up  # not in the light install

    set_up(url)
    out.print("Ready: roles equipoise and equipoise_custodian. Give them passwords or let them in as system users.")


@trial.command()
def key(
    split: Annotated[bool, typer.Option("--split", help="In two halves, for two custodians.")] = False,  # noqa: FBT002
) -> None:
    """Print a new key for a sealed store or a vault. It is kept nowhere: keep it yourself."""
    made = new_key()
    for words in split_key(made) if split else (made,):
        out.print(words, highlight=False, soft_wrap=True)


@trial.command()
def erase(
    name: Name,
    participant: Annotated[str, typer.Argument(help="The participant's number.")],
    yes: Annotated[bool, typer.Option("--yes", help="Without asking again.")] = False,  # noqa: FBT002
) -> None:
    """Erase who a participant is from the vault. What the trial recorded of them stays, under the number alone."""
    one = open_trials(default_home(), os.environ).trial(name).participant(participant)
    if not yes:
        typer.confirm(f"Erase the name and contact of {participant} for ever?", abort=True)
    count = open_trial_vault(default_home(), os.environ).erase(name, one.site, participant)
    out.print(f"Erased {count} versions. Older backups hold them until they go too.", highlight=False, soft_wrap=True)


@trial.command()
def custodian(
    socket: Annotated[Path, typer.Argument(help="Where to listen; the site finds it by EQUIPOISE_CUSTODIAN.")],
) -> None:
    """Serve the sealed store to the site, as a process of its own under a user of its own."""
    home = default_home()
    log = open_trial_log(home, os.environ)
    with Service(socket, Keeper(log, open_trial_sealed(home, os.environ), now)) as service:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=service.shutdown).start())
        err.print(f"The custodian listens at {socket}   (stop with Ctrl+C)", highlight=False, soft_wrap=True)
        service.serve_forever()
    socket.unlink(missing_ok=True)


@app.command(epilog="Example: equipoise validate evidence.json. Exit codes: 0 every self-test passed, 3 one did not.")
def validate(
    file: Annotated[Path, typer.Argument(help="The file to write, JSON.")],
    tests: Annotated[Path | None, typer.Option(help="The folder of the tests, to trace requirements to them.")] = None,
) -> None:
    """Gather evidence for your own validation: versions, requirements, their tests, self-tests run now."""
    evidence = gather(now(), tests)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(evidence)))
    for one in evidence.self_tests:
        out.print(f"{'passed' if one.passed else 'FAILED'}: {one.name}", highlight=False)
    out.print(f"Wrote {file}.", highlight=False, soft_wrap=True)
    if not all(one.passed for one in evidence.self_tests):
        raise typer.Exit(REFUSED)
