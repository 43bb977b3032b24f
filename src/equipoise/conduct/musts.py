"""What software that runs a trial must do, numbered. Each has a test that carries its number: docs/trace.md."""

from collections.abc import Mapping

MUSTS: Mapping[int, str] = {
    1: "Every change, sealed look, export, sign-in and role change is one event; nothing is updated or deleted.",
    2: "The log is a hash chain with anchors outside; edits, deletions, insertions, reordering and cuts are found.",
    3: "A change after the first save needs a reason, and the original value stays visible.",
    4: "The whole audit trail can be taken out, readable by people and programs, for one participant and for all.",
    5: "Masked people read the same audit trail with what is sealed left out.",
    6: "Times are the server's UTC, positions have no gap, local time is kept with its zone.",
    7: "Accounts are named and one person's; roles are dated, trained for, at a site; duties are kept apart.",
    8: "A signature names its meaning, is bound to what was signed, and loses its force with any change.",
    9: "The sponsor cannot edit a site's data; the site reads its own at any time.",
    10: "Nobody is randomised without valid consent, every criterion met, strata complete, an open site and room.",
    11: "The allocation comes from a sealed seed and is committed to beforehand; anybody can check it afterwards.",
    12: "Block sizes are random and unknown to masked people; strata are few.",
    13: "The next assignment exists nowhere that a masked role or its query can reach.",
    14: "A wrong stratum keeps its place in the list; the true value is recorded; nobody is randomised again.",
    15: "Concurrent, repeated and interrupted requests give nobody two arms, and skip or double no place.",
    16: "Every field has a class of information, every role a clearance; what is not granted is denied.",
    17: "One gate serves page, export, search, count, order, e-mail, error and log.",
    18: "Kit numbers tell nothing by range, order, length, check digit or stock.",
    19: "A protocol in which something a masked person sees depends on the arm is refused.",
    20: "All parties named are masked; an assessor is told no more than the protocol lets them be.",
    21: "The allocation of a masked period stays masked through an open one until the trial is unblinded.",
    22: "Every look at sealed data is logged.",
    23: "An investigator can break one participant's code at any hour, with password and reason, shown once.",
    24: "Notices of a code break name no arm; who knows is listed; follow-up goes on; impact is assessed.",
    25: "Unblinding for a safety report is a path apart; the investigator stays masked.",
    26: "Accidental unmasking can be recorded as a deviation.",
    27: "Closing is freeze, clean, sign, lock, unblind, in this order; unlocking is loud.",
    28: "The estimand is in the protocol file, and intercurrent events come from the log.",
    29: "The flow of participants is counted from the log and adds up; masked people see it pooled.",
    30: "Evidence for validation is generated: requirements, tests, results, versions; self-tests run.",
}
"""After ICH E6(R3), the EMA guideline on computerised systems, 21 CFR Part 11 and CONSORT 2025."""
