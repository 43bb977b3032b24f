"""Wording of people, identifiers, sharing, results and the registry's own notes, in the same shape."""

from equipoise.studies.wording.registered import Wording

_GRANTS: Wording = {
    "NIH": ("U.S. NIH Grant/Contract", "Number of a grant from the National Institutes of Health."),
    "FDA": ("U.S. FDA Grant/Contract", "Number of a grant from the Food and Drug Administration."),
    "VA": ("U.S. VA Grant/Contract", "Number of a grant from the Department of Veterans Affairs."),
    "CDC": ("U.S. CDC Grant/Contract", "Number of a grant from the Centers for Disease Control and Prevention."),
    "AHRQ": ("U.S. AHRQ Grant/Contract", "Number of a grant from the Agency for Healthcare Research and Quality."),
    "SAMHSA": ("U.S. SAMHSA Grant/Contract", "Number of a grant from the agency for mental health and addiction."),
}

_OFFICIALS: Wording = {
    "STUDY_CHAIR": ("Study Chair", "Heads the group that runs the whole study."),
    "STUDY_DIRECTOR": ("Study Director", "Directs the study for the organisation behind it."),
    "PRINCIPAL_INVESTIGATOR": ("Principal Investigator", "The lead researcher, of the study or of one site."),
    "SUB_INVESTIGATOR": ("Sub-Investigator", "A researcher who works under the lead researcher."),
}

_PARAMS: Wording = {
    "GEOMETRIC_MEAN": ("Geometric Mean", "An average for figures that spread over many sizes."),
    "GEOMETRIC_LEAST_SQUARES_MEAN": (
        "Geometric Least Squares Mean",
        "An average for figures of many sizes, evened out for differences between groups.",
    ),
    "LEAST_SQUARES_MEAN": ("Least Squares Mean", "An average, evened out for differences between groups."),
    "LOG_MEAN": ("Log Mean", "The average of the logarithms of the figures."),
    "MEAN": ("Mean", "The average."),
    "MEDIAN": ("Median", "The middle figure: half are above it, half below."),
    "NUMBER": ("Number", "A plain number."),
    "COUNT_OF_PARTICIPANTS": ("Count of Participants", "How many people."),
    "COUNT_OF_UNITS": ("Count of Units", "How many things were counted, such as eyes or teeth."),
}

_SPREADS: Wording = {
    "NA": ("Not Applicable", "No spread is given."),
    "STANDARD_DEVIATION": ("Standard Deviation", "How far people typically lie from the average."),
    "STANDARD_ERROR": ("Standard Error", "How sure we can be of the average."),
    "INTER_QUARTILE_RANGE": ("Inter-Quartile Range", "The middle half of people lie between these figures."),
    "FULL_RANGE": ("Full Range", "The lowest and the highest figure."),
    "CONFIDENCE_80": ("80% Confidence Interval", "A range made to hold the true figure 80 times in 100."),
    "CONFIDENCE_90": ("90% Confidence Interval", "A range made to hold the true figure 90 times in 100."),
    "CONFIDENCE_95": ("95% Confidence Interval", "A range made to hold the true figure 95 times in 100."),
    "CONFIDENCE_975": ("97.5% Confidence Interval", "A range made to hold the true figure 975 times in 1000."),
    "CONFIDENCE_99": ("99% Confidence Interval", "A range made to hold the true figure 99 times in 100."),
    "CONFIDENCE_OTHER": (
        "Other Confidence Interval Level",
        "A range made to hold the true figure; the text says how often.",
    ),
    "GEOMETRIC_COEFFICIENT": (
        "Geometric Coefficient of Variation",
        "How much people differ, for figures that spread over many sizes.",
    ),
}

_COMPARISONS: Wording = {
    "SUPERIORITY": ("Superiority", "Asks whether one treatment is better."),
    "NON_INFERIORITY": ("Non-Inferiority", "Asks whether one treatment is not much worse."),
    "EQUIVALENCE": ("Equivalence", "Asks whether two treatments are about the same."),
    "OTHER": ("Other", "Asks something else; the text says what."),
    "NON_INFERIORITY_OR_EQUIVALENCE": ("Non-Inferiority or Equivalence", "Asks whether treatments are about as good."),
    "SUPERIORITY_OR_OTHER": ("Superiority or Other", "Asks whether one treatment is better, or something else."),
    "NON_INFERIORITY_OR_EQUIVALENCE_LEGACY": (
        "Non-Inferiority or Equivalence (legacy)",
        "Asks whether treatments are about as good; recorded the older way.",
    ),
    "SUPERIORITY_OR_OTHER_LEGACY": (
        "Superiority or Other (legacy)",
        "Asks whether one treatment is better, or something else; recorded the older way.",
    ),
}

POSTED: dict[str, Wording] = {
    "OrgStudyIdType": _GRANTS,
    "SecondaryIdType": _GRANTS
    | {
        "OTHER_GRANT": ("Other Grant/Funding Number", "Number of a grant from somebody else."),
        "EUDRACT_NUMBER": ("EudraCT Number", "The study's number in the older European register."),
        "CTIS": ("EU Trial (CTIS) Number", "The study's number in the European register."),
        "REGISTRY": ("Registry Identifier", "The study's number in another register."),
        "OTHER": ("Other Identifier", "Another number or name for the study."),
    },
    "OfficialRole": _OFFICIALS,
    "ContactRole": _OFFICIALS | {"CONTACT": ("Contact", "The person or office to ask about joining.")},
    "ReferenceType": {
        "BACKGROUND": ("Background", "Reading that led to the study."),
        "RESULT": ("Result", "A publication of the study's results."),
        "DERIVED": ("Derived", "A publication the registry found that names this study."),
    },
    "IpdSharing": {
        "YES": ("Yes", "Other researchers may ask for each person's data, without names."),
        "NO": ("No", "Each person's data will not be shared."),
        "UNDECIDED": ("Undecided", "It is not decided whether each person's data will be shared."),
    },
    "IpdSharingInfoType": {
        "STUDY_PROTOCOL": ("Study Protocol", "The full plan of the study."),
        "SAP": ("Statistical Analysis Plan (SAP)", "The plan for working out the results."),
        "ICF": ("Informed Consent Form (ICF)", "The form people read and sign before joining."),
        "CSR": ("Clinical Study Report (CSR)", "The full report of what was done and found."),
        "ANALYTIC_CODE": ("Analytic Code", "The computer code that worked out the results."),
    },
    "MeasureParam": _PARAMS,
    "MeasureDispersionType": _SPREADS,
    "OutcomeMeasureType": {
        "PRIMARY": ("Primary", "The main thing the study measures."),
        "SECONDARY": ("Secondary", "Another thing the study planned to measure."),
        "OTHER_PRE_SPECIFIED": ("Other Pre-specified", "A further measure, planned before the study began."),
        "POST_HOC": ("Post-Hoc", "A measure added after the study was planned."),
    },
    "ReportingStatus": {
        "NOT_POSTED": ("Not Posted", "The figures are not there yet."),
        "POSTED": ("Posted", "The figures are there."),
    },
    "AnalysisDispersionType": {
        "STANDARD_DEVIATION": ("Standard Deviation", "How far people typically lie from the average."),
        "STANDARD_ERROR_OF_MEAN": ("Standard Error of the Mean", "How sure we can be of the average."),
    },
    "ConfidenceIntervalNumSides": {
        "ONE_SIDED": ("1-Sided", "The range has a limit on one side only."),
        "TWO_SIDED": ("2-Sided", "The range has a lower and an upper limit."),
    },
    "NonInferiorityType": _COMPARISONS,
    "EventAssessment": {
        "NON_SYSTEMATIC_ASSESSMENT": ("Non-systematic Assessment", "Noted when somebody mentioned it."),
        "SYSTEMATIC_ASSESSMENT": ("Systematic Assessment", "Everyone was asked or tested at set times."),
    },
    "AgreementRestrictionType": {
        "LTE60": ("60 days or less", "The sponsor may hold back the researchers' publication for up to 60 days."),
        "GT60": ("More than 60 days", "The sponsor may hold back the researchers' publication for over 60 days."),
        "OTHER": ("Other", "The sponsor may hold back publication in another way; the text says how."),
    },
    "UnpostedEventType": {
        "RELEASE": ("Release", "The sponsor sent results to the registry."),
        "UNRELEASE": ("Unrelease", "The sponsor took the results back before they were checked."),
        "RESET": ("Reset", "The registry sent the results back for changes."),
    },
    "ViolationEventType": {
        "VIOLATION_IDENTIFIED": (
            "Violation Identified by FDA",
            "The regulator found that a duty to report was missed.",
        ),
        "CORRECTION_CONFIRMED": ("Correction Confirmed by FDA", "The regulator confirmed that it was put right."),
        "PENALTY_IMPOSED": ("Penalty Imposed by FDA", "The regulator imposed a fine."),
        "ISSUES_IN_LETTER_ADDRESSED_CONFIRMED": (
            "Issues in letter addressed; confirmed by FDA.",
            "The regulator confirmed that what its letter named was put right.",
        ),
    },
    "BrowseLeafRelevance": {
        "LOW": ("Low", "A wider heading the study also falls under."),
        "HIGH": ("High", "A heading that says what the study is about."),
    },
    "FieldStatsType": {
        "ENUM": ("Choice", "One of a set list of values."),
        "STRING": ("Text", "Words."),
        "DATE": ("Date", "A day, month or year."),
        "INTEGER": ("Whole number", "A number without a fraction."),
        "NUMBER": ("Number", "A number."),
        "BOOLEAN": ("Yes or no", "True or false."),
    },
}
