"""The protocol in plain words, and what masked people are not told of the allocation."""

import msgspec
import pytest
from msgspec.structs import replace

from equipoise.conduct.masking import Held, Viewer
from equipoise.conduct.protocol.model import Method, Protocol
from equipoise.conduct.roles import MASKED, Role
from equipoise.conduct.trial import Trial
from equipoise.conduct.views.describe import Described, describe
from equipoise.kernel.refused import Refused
from tests.protocols import jasmine_protocol
from tests.trials import PROTOCOL


def _described(protocol: Protocol, role: Role) -> Described:
    trial = Trial(protocol.id, version=protocol.version, protocols={protocol.version: protocol})
    return describe(trial, Viewer("x", "X", (Held(role),)))


@pytest.mark.parametrize("role", sorted({*MASKED, Role.PHARMACIST}))
@pytest.mark.parametrize("method", list(Method))
def test_must_12_no_block_size_no_chance_no_limit_for_those_not_cleared(role: Role, method: Method) -> None:
    """Changing them changes nothing of what is shown."""

    def shown(blocks: tuple[int, ...], chance: int, limit: int) -> bytes:
        allocation = replace(
            PROTOCOL.allocation, method=method, block_sizes=blocks, probability=chance, limit=limit, alpha=chance
        )
        ours = (f"Blocks of {blocks[0]} and {blocks[1]} are ours.", "The visit days are ours.")
        why = f"In blocks of {blocks[0]}, because 12 is few"
        protocol = replace(PROTOCOL, allocation=replace(allocation, why=why), ours=ours)
        return msgspec.json.encode(_described(protocol, role))

    assert shown((4, 6), 2, 3) == shown((2, 8), 4, 5)
    assert b"The visit days are ours." in shown((4, 6), 2, 3)


def test_must_12_jasmine_tells_the_masked_no_block_size() -> None:
    told = msgspec.json.encode(_described(jasmine_protocol(), Role.COORDINATOR)).decode()
    assert "4 and 6" not in told
    assert "random blocks" in told
    assert "within each combination of Disease and Oral corticosteroids at baseline" in told


def test_the_independent_statistician_is_told_all() -> None:
    told = _described(jasmine_protocol(), Role.INDEPENDENT_STATISTICIAN)
    assert told.secret == "Block sizes: 4 and 6."
    assert told.arms[0].kit == "A"
    assert any("blocks of 4 and 6" in each for each in told.ours)


def test_must_16_what_a_kit_holds_is_for_those_cleared_for_contents() -> None:
    masked = msgspec.to_builtins(_described(PROTOCOL, Role.MONITOR).arms[0])
    assert not {"kit", "holds"} & set(masked)
    assert _described(PROTOCOL, Role.PHARMACIST).arms[0].holds == "Active"


def test_the_protocol_in_words() -> None:
    told = _described(PROTOCOL, Role.COORDINATOR)
    assert told.allocation == (
        "Assignments are drawn in random blocks that keep the arms in balance, within each combination of Disease. "
        "Ratio 1:1 (Active and Placebo)."
    )
    assert told.masking == (
        "Masked: participant, care provider, investigator and outcomes assessor. "
        "The outcomes assessor is not told of safety and reaction."
    )
    assert told.periods == (
        "Masked treatment: days 0 to 84, masked.",
        "Open treatment: days 85 to 168, not masked: active.",
    )
    assert "Contact: +00 000. The treatment is shown once" in told.emergency


def test_the_schedule_is_a_table() -> None:
    told = _described(PROTOCOL, Role.COORDINATOR)
    assert [one.day for one in told.columns] == [-14, 0, 28, 56, 84, 112]
    assert {row.form: row.at for row in told.rows}["assessment"] == (False, True, True, True, True, True)


def test_without_a_role_nothing_is_told() -> None:
    trial = Trial("T", version="1.0", protocols={"1.0": PROTOCOL})
    with pytest.raises(Refused, match="nothing here for your roles"):
        describe(trial, Viewer("x", "X", ()))
