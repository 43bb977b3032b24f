"""Ages, laboratory values, vital signs and scales, as criteria write them."""

import pytest

from equipoise.eligibility.expression import And, Exists, Expr, IfThen, Not, Opaque, Or, Sex, Value
from equipoise.eligibility.read.numbers import decimal, find_bounds
from equipoise.eligibility.tree import atoms
from tests.reading import excluded, had, included, score, unread, value, years

WOMEN, MEN = Sex(sex="female"), Sex(sex="male")
LIVER = had("liver metastases")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Age 18 to 75 years, inclusive", years("[18, 75]")),
        ("Between 18 and 65 years of age", years("[18, 65]")),
        ("Male or female aged ≥ 18 years", years("[18,]")),
        (r"Age \>= 18 years", years("[18,]")),
        ("18 Years and older", years("[18,]")),
        ("Males or Females greater than 65 years of age", years("(65,]")),
        ("Under the age of 18", years("[,18)")),
        ("Subject is at least 18 and not older than 75 years old", years("[18, 75]")),
        ("Greater than or equal to (>=) 18 years of age", years("[18,]")),
        ("Is 18 to 75 years old.", years("[18, 75]")),
    ],
)
def test_ages(text: str, expected: Expr) -> None:
    assert included(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hemoglobin >= 9.0 g/dL", value("haemoglobin", "[9.0,]", "g/dL")),
        ("Hgb >/= 9 g/dl", value("haemoglobin", "[9,]", "g/dL")),
        ("ANC =>1500/uL", value("neutrophils", "[1500,]", "/uL")),
        ("Absolute neutrophil count at least 1.5 x 10^9/L", value("neutrophils", "[1.5,]", "10*9/L")),
        ("Platelet count > 100,000/mm3", value("platelets", "(100000,]", "/uL")),
        ("Platelets of at least 100 000/µl", value("platelets", "[100000,]", "/uL")),
        ("Serum creatinine must not exceed 2.0 mg/dL", value("creatinine", "[,2.0]", "mg/dL")),
        ("Serum creatinine no more than 2.0 mg/dL", value("creatinine", "[,2.0]", "mg/dL")),
        ("Serum creatinine £ 2.0 mg/dL", value("creatinine", "[,2.0]", "mg/dL")),
        ("Serum creatinine =< 2.0 mg/dL", value("creatinine", "[,2.0]", "mg/dL")),
        ("Serum creatinine < or = 2.0 mg/dL", value("creatinine", "[,2.0]", "mg/dL")),
        ("Serum creatinine ≤ 1.5 mg/dL (133 µmol/L)", value("creatinine", "[,1.5]", "mg/dL")),
        ("Creatinine clearance ≥ 60 mL/min", value("creatinine_clearance", "[60,]", "mL/min")),
        ("eGFR > 45 mL/min/1.73m2", value("egfr", "(45,]", "mL/min/{1.73_m2}")),
        ("BMI between 18.5 and 30 kg/m2", value("bmi", "[18.5, 30]", "kg/m2")),
        ("BMI >= 18 and <= 35 kg/m²", value("bmi", "[18, 35]", "kg/m2")),
        ("Weighs at least 40 kg and at most 100 kg.", value("weight", "[40, 100]", "kg")),
        ("HbA1c ≥7.0% and ≤10.0%", value("hba1c", "[7.0, 10.0]", "%")),
        ("LVEF at least 50%", value("lvef", "[50,]", "%")),
        ("QTc ≤ 450 msec", value("qtc", "[,450]", "ms")),
        ("Corrected QT interval (QTcF) < 470 msec", value("qtcf", "[,470)", "ms")),
        ("CD4 count > 350 cells/mm3", value("cd4", "(350,]", "/uL")),
        ("Temperature ≥ 38.0°C", value("temperature", "[38.0,]", "Cel")),
        ("T-score ≤ -2.5", value("bone_density_t", "[,-2.5]", "1")),
        ("Life expectancy of at least 3 months", value("life_expectancy", "[3,]", "mo")),
        ("Total bilirubin =< 1.5 x ULN", value("bilirubin", "[,1.5]", "ULN")),
        ("AST ≤3 times the upper limit of normal", value("ast", "[,3]", "ULN")),
        ("AST > 5 times the upper normal range", value("ast", "(5,]", "ULN")),
        ("AST ≤ 2.5 times the upper institutional limits of normal", value("ast", "[,2.5]", "ULN")),
        ("INR ≤1.5 × ULN", value("inr", "[,1.5]", "ULN")),
    ],
)
def test_values(text: str, expected: Expr) -> None:
    assert included(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ECOG performance status £ 1", score("ecog", "[,1]")),
        ("ECOG performance status 0, 1 or 2", score("ecog", "[0, 2]")),
        ("ECOG PS of 0-1", score("ecog", "[0, 1]")),
        ("Eastern Cooperative Oncology Group (ECOG) performance status 0 or 1", score("ecog", "[0, 1]")),
        ("Karnofsky performance status at least 70%", score("karnofsky", "[70,]")),
        ("NYHA class II or III", score("nyha", "[2, 3]")),
        ("New York Heart Association (NYHA) Class II, III, or IV", score("nyha", "[2, 4]")),
        ("Child-Pugh A", score("child_pugh", "[5, 6]")),
        ("Child-Pugh class B or C", score("child_pugh", "[7, 15]")),
        ("Mini-mental State Examination (MMSE) [18] score ≥ 23", score("mmse", "[23,]")),
    ],
)
def test_scales(text: str, expected: Expr) -> None:
    assert included(text) == expected


def test_grade_after_its_comparator() -> None:
    assert score("ctcae_grade", "(2,]") in list(atoms(excluded("Any toxicity greater than CTC grade 2")))


def test_one_limit_for_two_measures() -> None:
    """Both must keep it; one that breaks it shuts out."""
    both = (value("alt", "[,2.5]", "ULN"), value("ast", "[,2.5]", "ULN"))
    assert included("ALT and AST <= 2.5 x ULN") == And(of=both)
    over = (value("alt", "(3,]", "ULN"), value("ast", "(3,]", "ULN"))
    assert excluded("ALT and AST > 3 x ULN") == Or(of=over)


def test_a_limit_under_a_condition_and_the_other_for_all_others() -> None:
    read = included("AST ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)")
    usual, wider = value("ast", "[,2.5]", "ULN"), value("ast", "[,5]", "ULN")
    assert read == And(of=(IfThen(guard=Not(of=LIVER), then=usual), IfThen(guard=LIVER, then=wider)))


def test_a_guard_before_its_limit_is_a_part_of_an_exclusion() -> None:
    assert excluded("If liver metastases are present, AST > 5 x ULN") == And(of=(LIVER, value("ast", "(5,]", "ULN")))


def test_limits_for_each_sex() -> None:
    """Asked for, each binds its own; in an exclusion either shuts out, whatever word joins them."""
    read = included("Hemoglobin > 12 g/dL for women and > 13 g/dL for men")
    low, high = value("haemoglobin", "(12,]", "g/dL"), value("haemoglobin", "(13,]", "g/dL")
    assert read == And(of=(IfThen(guard=WOMEN, then=low), IfThen(guard=MEN, then=high)))
    read = excluded("QTcF > 450 ms (males) or > 470 ms (females)")
    low, high = value("qtcf", "(450,]", "ms"), value("qtcf", "(470,]", "ms")
    assert read == Or(of=(And(of=(MEN, low)), And(of=(WOMEN, high))))


def test_blood_pressure_is_two_limits() -> None:
    systolic, diastolic = value("systolic_bp", "[,160)", "mm[Hg]"), value("diastolic_bp", "[,100)", "mm[Hg]")
    assert included("Blood pressure < 160/100 mmHg") == And(of=(systolic, diastolic))
    systolic, diastolic = value("systolic_bp", "[160,]", "mm[Hg]"), value("diastolic_bp", "[100,]", "mm[Hg]")
    assert excluded("Blood pressure ≥ 160/100 mmHg") == Or(of=(systolic, diastolic))


def test_within_normal_limits() -> None:
    limits = (value("bilirubin", "[1,]", "LLN"), value("bilirubin", "[,1]", "ULN"))
    assert included("Total bilirubin within normal limits") == And(of=limits)


def test_both_sides_of_one_number_stay_two_limits() -> None:
    either = (value("oxygen_saturation", "(94,]", "%"), value("oxygen_saturation", "[,94)", "%"))
    assert excluded("SpO2 >94% or <94%") == Or(of=either)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Platelets ≥ 100 x 109/L", value("platelets", "[100,]", "10*9/L")),
        ("Platelet count less than 100 x 10E9/L", value("platelets", "[,100)", "10*9/L")),
        ("Platelets <50.000 /mmc", value("platelets", "[,50000)", "/uL")),
    ],
)
def test_repairs(text: str, expected: Expr) -> None:
    assert included(text) == expected


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("Hemoglobin < 900 g/dL", "Hemoglobin < 900 g/dL", "implausible"),
        ("Creatinine 900 mg/dL or less", "Creatinine 900 mg/dL or less", "implausible"),
        ("Creatinine clearance = 30 mL/min", "Creatinine clearance = 30 mL/min", "its sign was lost"),
        ("AST > 2.5 times the local reference value", "AST > 2.5", "multiple of an unread limit"),
    ],
)
def test_refuses_what_cannot_be(text: str, words: str, reason: str) -> None:
    assert unread(words, reason) in list(atoms(included(text)))


def test_who_breaks_a_limit_must_keep_another() -> None:
    """Both limits on creatinine together could be met by nobody."""
    read = included("Creatinine ≤ 1.0 mg/dL; if creatinine > 1.0 mg/dL, then eGFR must be > 60 mL/min/1.73 m^2")
    within, above = value("creatinine", "[,1.0]", "mg/dL"), value("creatinine", "(1.0,]", "mg/dL")
    assert read == Or(of=(within, And(of=(above, value("egfr", "(60,]", "mL/min/{1.73_m2}")))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Age > 75 years, or Age < 15 years", Or(of=(years("(75,]"), years("[,15)")))),
        (
            "Heart rate <50 or >100 bpm",
            Or(of=(value("heart_rate", "[,50)", "/min"), value("heart_rate", "(100,]", "/min"))),
        ),
    ],
)
def test_either_side_shuts_out(text: str, expected: Expr) -> None:
    assert excluded(text) == expected


def test_a_weekly_dose_is_neither_a_count_nor_a_value() -> None:
    read = list(atoms(excluded("Treatment with more than 20 mg a week of prednisone")))
    assert all(atom.count == 1 for atom in read if isinstance(atom, Exists))
    assert unread("20 mg a week") in read


def test_a_change_is_no_limit() -> None:
    assert not any(
        isinstance(atom, Value) for atom in atoms(included("CRP increase of at least twice the basal value"))
    )


def test_a_length_of_time_is_no_age_and_no_limit() -> None:
    read = list(atoms(included("Glucose lowering medication since at least 6 months")))
    assert not any(isinstance(atom, Value) for atom in read)


def test_a_measure_of_something_else_is_no_limit_of_this() -> None:
    """Clearance is not creatinine."""
    measures = [atom.measure for atom in atoms(included("Creatinine clearance ≥ 60 mL/min")) if isinstance(atom, Value)]
    assert measures == ["creatinine_clearance"]


def test_a_value_with_its_time_keeps_both() -> None:
    read = included("ANC ≥ 1.5 x 10^9/L within 14 days prior to registration")
    assert isinstance(read, Value)
    assert read.window is not None
    assert read.window.start is not None
    assert read.window.start.amount == -14


@pytest.mark.parametrize(
    ("text", "number"), [("100,000", "100000"), ("1,5", "1.5"), ("100 000", "100000"), ("0.5", "0.5")]
)
def test_numbers(text: str, number: str) -> None:
    assert str(decimal(text)) == number


def test_bounds_stand_in_order_and_apart() -> None:
    found = find_bounds("18 to 75, at least 3.5 g/dL, not more than 2 x ULN and 4 or more")
    assert [(str(one.range.low), str(one.range.high), one.unit, one.reference) for one in found] == [
        ("18", "75", None, None),
        ("3.5", "None", "g/dL", None),
        ("None", "2", None, "ULN"),
        ("4", "None", None, None),
    ]


def test_a_count_of_events_is_no_value() -> None:
    assert all(isinstance(atom, Exists) for atom in atoms(included("At least 2 prior systemic therapies")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18.5 ≤ BMI ≤ 31", value("bmi", "[18.5, 31]", "kg/m2")),
        ("6.8%≤HbA1c<9.7%", value("hba1c", "[6.8, 9.7)", "%")),
        ("A BMI between 19 kilograms per square meter (kg/m2) and 33 kg/m2", value("bmi", "[19, 33]", "kg/m2")),
        ("Platelet count at least 90,000/mm(3)", value("platelets", "[90000,]", "/uL")),
        ("Platelets > 90,000/um", value("platelets", "(90000,]", "/uL")),
        ("Bilirubin ≤ 28 mmol/L", value("bilirubin", "[,28]", "umol/L")),
        ("A minimal weight of 48 kg", value("weight", "[48,]", "kg")),
        ("AST must be less than/equal to 1.7 x ULN", value("ast", "[,1.7]", "ULN")),
        ("Crohn's Disease Activity Index (CDAI; see above) of at least 230", score("cdai", "[230,]")),
        ("T-score between -2.4 and -3.9", value("bone_density_t", "[-3.9, -2.4]", "1")),
        ("HCV RNA ≥ 4 log10 IU/mL", value("hcv_rna", "[10000,]", "[IU]/mL")),
        ("PaO2/FiO2 ≤ 280 mmHg", value("pf_ratio", "[,280]", "mm[Hg]")),
        ("Age greater than 20 years but less than 70", years("(20, 70)")),
        ("age >= 20 and <= 70", years("[20, 70]")),
    ],
)
def test_limits_written_in_other_ways(text: str, expected: Expr) -> None:
    read = next(atom for atom in atoms(included(text)) if not isinstance(atom, Opaque))
    assert read == expected


def test_ages_on_either_side() -> None:
    assert excluded("Under 20 or over 55 years of age") == Or(of=(years("[,20)"), years("(55,]")))


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("Visual acuity of 20/50 or better", "[0.4,]"),
        ("Visual acuity worse than 20/50", "[,0.4)"),
        ("Visual acuity between 20/50 and 20/100", "[0.2, 0.4]"),
        ("Snellen acuity of at least 6/12", "[0.5,]"),
    ],
)
def test_sight(text: str, interval: str) -> None:
    read = [atom for atom in atoms(included(text)) if isinstance(atom, Value)]
    assert read == [value("visual_acuity_snellen", interval, "1")]


@pytest.mark.parametrize(
    "text", ["Visual acuity of 20/50", "Systolic pressure ≥ 9 mmHg", "Events by CTCAE version 4.0", "NPI item (1)"]
)
def test_what_is_no_value_is_none(text: str) -> None:
    assert [atom for atom in atoms(included(text)) if isinstance(atom, Value)] == []
