"""Wording of what a sponsor registers: kind, then value, then the registry's words and plain ones."""

Wording = dict[str, tuple[str, str]]

_STATUS: Wording = {
    "NOT_YET_RECRUITING": ("Not yet recruiting", "The study is planned, but nobody can join yet."),
    "RECRUITING": ("Recruiting", "The study is looking for people to join."),
    "ENROLLING_BY_INVITATION": ("Enrolling by invitation", "Only people the study team invites can join."),
    "ACTIVE_NOT_RECRUITING": ("Active, not recruiting", "The study is running, but nobody new can join."),
    "COMPLETED": ("Completed", "The study has ended as planned."),
    "SUSPENDED": ("Suspended", "The study has paused, and may start again."),
    "TERMINATED": ("Terminated", "The study stopped early and will not start again."),
    "WITHDRAWN": ("Withdrawn", "The study stopped before anyone joined."),
    "AVAILABLE": ("Available", "The treatment can be asked for outside a trial."),
    "NO_LONGER_AVAILABLE": ("No longer available", "The treatment can no longer be asked for outside a trial."),
    "TEMPORARILY_NOT_AVAILABLE": (
        "Temporarily not available",
        "The treatment cannot be asked for at the moment, but may be again.",
    ),
    "APPROVED_FOR_MARKETING": ("Approved for marketing", "The treatment is approved, so a doctor can prescribe it."),
    "WITHHELD": ("Withheld", "The registry does not show this record yet."),
    "UNKNOWN": ("Unknown status", "Nobody has confirmed for two years whether the study is still running."),
}

_OTHER = ("Other", "Something else; the description says what.")

REGISTERED: dict[str, Wording] = {
    "Status": _STATUS,
    "RecruitmentStatus": _STATUS,
    "ExpandedAccessStatus": _STATUS,
    "StudyType": {
        "INTERVENTIONAL": ("Interventional", "People are given a treatment or test, to see what it does."),
        "OBSERVATIONAL": ("Observational", "People are watched over time; the study does not choose their treatment."),
        "EXPANDED_ACCESS": ("Expanded Access", "A way to get a treatment before approval, without joining a trial."),
    },
    "Phase": {
        "NA": ("Not Applicable", "Phases are for medicines; this study tests something else."),
        "EARLY_PHASE1": ("Early Phase 1", "A first small look at the treatment in a few people, at very low doses."),
        "PHASE1": ("Phase 1", "Tests safety and dose in a small number of people."),
        "PHASE2": ("Phase 2", "Tests whether the treatment seems to work, and goes on checking safety."),
        "PHASE3": ("Phase 3", "Compares the treatment with what is used now, in many people."),
        "PHASE4": ("Phase 4", "Follows a treatment that is already approved."),
    },
    "DesignAllocation": {
        "RANDOMIZED": ("Randomized", "Chance decides which group each person joins."),
        "NON_RANDOMIZED": ("Non-Randomized", "Groups are chosen in another way than by chance."),
        "NA": ("N/A", "There is one group, so nothing to divide."),
    },
    "InterventionalAssignment": {
        "SINGLE_GROUP": ("Single Group Assignment", "Everyone gets the same treatment."),
        "PARALLEL": ("Parallel Assignment", "Groups get different treatments over the same time."),
        "CROSSOVER": ("Crossover Assignment", "Each person gets one treatment and later another."),
        "FACTORIAL": ("Factorial Assignment", "Groups get treatments alone and in combination."),
        "SEQUENTIAL": ("Sequential Assignment", "Groups start one after another, each learning from the last."),
    },
    "PrimaryPurpose": {
        "TREATMENT": ("Treatment", "To find out whether a treatment helps people who have the condition."),
        "PREVENTION": ("Prevention", "To find out whether the condition can be prevented."),
        "DIAGNOSTIC": ("Diagnostic", "To find a better way of telling who has the condition."),
        "ECT": ("Educational/Counseling/Training", "To test teaching, advice or training."),
        "SUPPORTIVE_CARE": ("Supportive Care", "To ease symptoms or side effects, not to cure the disease."),
        "SCREENING": ("Screening", "To find the condition in people who have no signs of it."),
        "HEALTH_SERVICES_RESEARCH": ("Health Services Research", "To study how care is given, paid for or organised."),
        "BASIC_SCIENCE": ("Basic Science", "To learn how the body or the treatment works."),
        "DEVICE_FEASIBILITY": ("Device Feasibility", "To try a new device in a few people before a larger study."),
        "OTHER": _OTHER,
    },
    "ObservationalModel": {
        "COHORT": ("Cohort", "A group of people is followed over time."),
        "CASE_CONTROL": ("Case-Control", "People with the condition are compared with similar people without it."),
        "CASE_ONLY": ("Case-Only", "Only people with the condition are studied."),
        "CASE_CROSSOVER": ("Case-Crossover", "Each person just before an event is compared with themselves earlier."),
        "ECOLOGIC_OR_COMMUNITY": ("Ecologic or Community", "Whole communities are compared, not single people."),
        "FAMILY_BASED": ("Family-Based", "Relatives are studied together."),
        "DEFINED_POPULATION": ("Defined Population", "Everyone in a chosen population is studied."),
        "NATURAL_HISTORY": ("Natural History", "The course of a disease is followed as it happens."),
        "OTHER": _OTHER,
    },
    "DesignTimePerspective": {
        "RETROSPECTIVE": ("Retrospective", "Looks back at what has already happened."),
        "PROSPECTIVE": ("Prospective", "Follows people forward from the start of the study."),
        "CROSS_SECTIONAL": ("Cross-Sectional", "Looks at people at one point in time."),
        "OTHER": _OTHER,
    },
    "SamplingMethod": {
        "PROBABILITY_SAMPLE": ("Probability Sample", "People are picked by chance from all who could be."),
        "NON_PROBABILITY_SAMPLE": ("Non-Probability Sample", "People are picked by another way than chance."),
    },
    "DesignMasking": {
        "NONE": ("None (Open Label)", "Everyone knows which treatment each person gets."),
        "SINGLE": ("Single", "One group of people is not told who gets which treatment."),
        "DOUBLE": ("Double", "Two groups of people are not told who gets which treatment."),
        "TRIPLE": ("Triple", "Three groups of people are not told who gets which treatment."),
        "QUADRUPLE": ("Quadruple", "Four groups of people are not told who gets which treatment."),
    },
    "WhoMasked": {
        "PARTICIPANT": ("Participant", "The people in the study do not know which treatment they get."),
        "CARE_PROVIDER": ("Care Provider", "The doctors and nurses giving care do not know who gets which treatment."),
        "INVESTIGATOR": ("Investigator", "The researchers do not know who gets which treatment."),
        "OUTCOMES_ASSESSOR": (
            "Outcomes Assessor",
            "Those who measure the results do not know who gets which treatment.",
        ),
    },
    "ArmGroupType": {
        "EXPERIMENTAL": ("Experimental", "This group gets what the study is testing."),
        "ACTIVE_COMPARATOR": ("Active Comparator", "This group gets a treatment thought to work, to compare with."),
        "PLACEBO_COMPARATOR": (
            "Placebo Comparator",
            "This group gets something that looks the same but has no medicine.",
        ),
        "SHAM_COMPARATOR": ("Sham Comparator", "This group gets a procedure or device that only seems real."),
        "NO_INTERVENTION": ("No Intervention", "This group gets nothing from the study beyond usual care."),
        "OTHER": _OTHER,
    },
    "InterventionType": {
        "BEHAVIORAL": ("Behavioral", "A change in habits, such as exercise, therapy or advice."),
        "BIOLOGICAL": ("Biological", "Made from living things, such as a vaccine, antibody or cells."),
        "COMBINATION_PRODUCT": ("Combination Product", "A medicine and a device together, such as a filled injector."),
        "DEVICE": ("Device", "A medical tool or machine."),
        "DIAGNOSTIC_TEST": ("Diagnostic Test", "A test to find or measure a condition."),
        "DIETARY_SUPPLEMENT": ("Dietary Supplement", "A vitamin, mineral or similar, taken besides food."),
        "DRUG": ("Drug", "A medicine."),
        "GENETIC": ("Genetic", "A treatment that changes or adds genes."),
        "PROCEDURE": ("Procedure", "Something done to the body, such as an operation."),
        "RADIATION": ("Radiation", "Treatment with rays, such as X-rays."),
        "OTHER": _OTHER,
    },
    "Sex": {
        "ALL": ("All", "People of any sex can join."),
        "FEMALE": ("Female", "Only female people can join."),
        "MALE": ("Male", "Only male people can join."),
    },
    "StandardAge": {
        "CHILD": ("Child", "From birth to 17 years."),
        "ADULT": ("Adult", "From 18 to 64 years."),
        "OLDER_ADULT": ("Older Adult", "65 years and older."),
    },
    "AgencyClass": {
        "NIH": ("NIH", "The National Institutes of Health of the United States."),
        "FED": ("U.S. Fed", "Another agency of the United States government."),
        "OTHER_GOV": ("Other government", "A government outside the United States, or a local one."),
        "INDIV": ("Individual", "One person."),
        "INDUSTRY": ("Industry", "A company, such as a maker of medicines or devices."),
        "NETWORK": ("Network", "A group of centres that work together."),
        "AMBIG": ("Ambiguous", "The record does not make clear what kind of organisation this is."),
        "OTHER": ("Other", "Another organisation, such as a university, hospital or charity."),
        "UNKNOWN": ("Unknown", "The record does not say what kind of organisation this is."),
    },
    "FunderType": {
        "NIH": ("NIH", "The National Institutes of Health of the United States."),
        "FED": ("Other U.S. federal agency", "Another agency of the United States government."),
        "INDUSTRY": ("Industry", "A company, such as a maker of medicines or devices."),
        "OTHER": (
            "All others (individuals, universities, organizations)",
            "A university, hospital, charity, other government or person.",
        ),
    },
    "DateType": {
        "ACTUAL": ("Actual", "It has happened."),
        "ESTIMATED": ("Estimated", "It is planned, and may change."),
    },
    "EnrollmentType": {
        "ACTUAL": ("Actual", "This many people joined."),
        "ESTIMATED": ("Estimated", "The study hopes for this many people."),
    },
    "ResponsiblePartyType": {
        "SPONSOR": ("Sponsor", "The organisation behind the study answers for this record."),
        "PRINCIPAL_INVESTIGATOR": ("Principal Investigator", "The lead researcher answers for this record."),
        "SPONSOR_INVESTIGATOR": ("Sponsor-Investigator", "One researcher both started the study and leads it."),
    },
    "BioSpecRetention": {
        "NONE_RETAINED": ("None Retained", "No samples are kept."),
        "SAMPLES_WITH_DNA": ("Samples With DNA", "Samples are kept from which DNA can be read."),
        "SAMPLES_WITHOUT_DNA": ("Samples Without DNA", "Samples are kept from which DNA cannot be read."),
    },
}
