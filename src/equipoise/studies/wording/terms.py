"""The glossary's text, for a reader of about twelve: slug | title | the registry's term, and below, what it means."""

TEXT = """\
# Can somebody join?
recruiting | Enrolling (recruiting) | Recruiting
  The study is looking for people to join now.
not-yet-recruiting | Not yet recruiting | Not yet recruiting
  The study is planned, but nobody can join yet. It may open soon.
enrolling-by-invitation | Enrolling by invitation | Enrolling by invitation
  Only people the study team has picked beforehand can join. You cannot ask to join yourself.
active-not-recruiting | Active, not recruiting | Active, not recruiting
  The study is going on, but it has enough people. Nobody new can join.
completed | Completed | Completed
  The study ended as planned. The last person has had their last visit.
suspended | Suspended | Suspended
  The study has paused. Nobody can join at the moment, but it may start again.
terminated | Terminated | Terminated
  The study stopped early and will not start again. The reason is usually given.
withdrawn | Withdrawn | Withdrawn
  The study was stopped before anybody joined.
unknown-status | Unknown status | Unknown status
  The record was open, or about to be, but nobody has confirmed it for two years. Ask before you travel.
# What kind of study
interventional | Interventional study (clinical trial) | Interventional
  A study in which people are given something, such as a medicine or an exercise plan, to see what it does.
observational | Observational study | Observational
  A study that watches people and collects facts about them. It does not decide what treatment they get.
expanded-access | Expanded access | Expanded Access
  A way for a seriously ill person to get a treatment that is not approved yet, when joining a trial is not
  possible. It is sometimes called compassionate use.
early-phase-1 | Early phase 1 | Early Phase 1
  A first, very small study of how a medicine behaves in the body. The doses are too low to be a treatment.
phase-1 | Phase 1 | Phase 1
  An early study in a small number of people. It asks whether a treatment is safe and how much to give.
phase-2 | Phase 2 | Phase 2
  A study in more people. It asks whether the treatment seems to work, and goes on checking that it is safe.
phase-3 | Phase 3 | Phase 3
  A large study. It compares the new treatment with the usual one or with a placebo, to be sure what it does.
phase-4 | Phase 4 | Phase 4
  A study of a treatment that is already approved. It learns more about safety and use in everyday life.
phase-not-applicable | Phase not applicable | Not Applicable
  Phases are steps in testing medicines. This study tests something else, such as a device or a way of living.
enrolment | Enrolment | Enrollment
  The number of people in the study. Estimated is how many the study hopes for; actual is how many joined.
estimated-actual | Estimated and actual | Estimated / Actual
  Estimated means planned: the date or number may change. Actual means it has happened.
# How it is designed
primary-purpose | Primary purpose | Primary Purpose
  The main reason for the study, such as to treat a disease, to prevent it or to find it.
allocation | Allocation | Allocation
  How it is decided which group each person joins: by chance, or in another way.
randomised | Randomised | Randomized
  Chance decides which group you join, like drawing lots. Neither you nor the doctor can choose. This makes the
  groups alike, so that the comparison is fair.
non-randomised | Not randomised | Non-Randomized
  The group you join is not left to chance. A doctor, you, or a rule decides.
intervention-model | Intervention model | Intervention Model
  The plan for which groups get which treatments, and in what order.
single-group | Single group | Single Group Assignment
  Everyone in the study gets the same treatment.
parallel | Parallel groups | Parallel Assignment
  Two or more groups each get a different treatment over the same time, and are compared.
crossover | Crossover | Crossover Assignment
  Each person gets one treatment first and another later, often with a break between. People are compared with
  themselves.
factorial | Factorial | Factorial Assignment
  Two or more treatments are tested at once: some people get one, some the other, some both, some neither.
sequential | Sequential | Sequential Assignment
  Groups start one after another. What is learned from one group shapes the next, for example its dose.
masking | Masking (blinding) | Masking
  Keeping it secret who gets which treatment, so that hopes and fears do not change the results. The secret can be
  opened if your safety needs it.
open-label | Open label | None (Open Label)
  Nothing is kept secret: you and your doctor both know which treatment you get.
single-masked | Single masking | Single
  One of the groups of people involved, often those taking part, does not know who gets which treatment.
double-blind | Double masking (double-blind) | Double
  Two of the groups of people involved, often those taking part and the researchers, do not know who gets which
  treatment.
triple-masked | Triple masking | Triple
  Three of the groups of people involved do not know who gets which treatment.
quadruple-masked | Quadruple masking | Quadruple
  Four groups do not know who gets which treatment: those taking part, those who care for them, the researchers, and
  those who measure the results.
masked-participant | Participant (masked) | Participant
  The people taking part. When they are masked, they do not know which treatment they get.
masked-care-provider | Care provider (masked) | Care Provider
  The doctors and nurses who look after you. When they are masked, they do not know which treatment you get.
masked-investigator | Investigator (masked) | Investigator
  The researchers. When they are masked, they do not know who gets which treatment.
masked-outcomes-assessor | Outcomes assessor (masked) | Outcomes Assessor
  The people who measure how you are doing. When they are masked, they do not know which treatment you get.
# Arms and treatments
arm | Arm | Arm
  A group of people in a trial who all get the same treatment.
experimental-arm | Experimental arm | Experimental
  The group that gets the treatment being tested.
active-comparator | Active comparator | Active Comparator
  A group that gets a treatment thought to work, often the usual one. The new treatment is compared with it.
placebo-comparator | Placebo comparator | Placebo Comparator
  A group that gets a placebo: something that looks like the treatment but has no medicine in it.
sham-comparator | Sham comparator | Sham Comparator
  A group that gets a pretend procedure or a device that is not really working.
no-intervention | No intervention | No Intervention
  A group that gets no treatment from the study. Its members keep any usual care.
placebo | Placebo | Placebo
  Something that looks just like the treatment but has no medicine in it, such as a sugar pill.
standard-of-care | Standard of care | Standard of care
  The treatment doctors would normally give for this condition today.
intervention | Treatment (intervention) | Intervention
  What is given to or done with people in the study, such as a medicine, an operation or advice.
drug | Drug | Drug
  A medicine, for example a tablet or an injection.
biological | Biological | Biological
  A treatment made from living things, such as a vaccine or an antibody.
device | Device | Device
  A medical tool or machine, such as a pacemaker, a lens or an app.
procedure | Procedure | Procedure
  Something done to the body, such as an operation or a biopsy.
radiation | Radiation | Radiation
  Treatment with rays, such as X-rays, often against cancer.
behavioural | Behavioural | Behavioral
  A treatment that works by changing habits or thoughts, such as exercise, talking therapy or advice.
genetic | Genetic | Genetic
  A treatment that adds, changes or repairs genes.
dietary-supplement | Dietary supplement | Dietary Supplement
  Something taken besides food, such as a vitamin or a herb.
combination-product | Combination product | Combination Product
  A medicine and a device made to be used together, such as a syringe that comes already filled.
diagnostic-test | Diagnostic test | Diagnostic Test
  A test to find or measure a condition, such as a scan.
# Watching, not treating
cohort | Cohort | Cohort
  A group of people who are followed over time, to see what happens to them.
case-control | Case-control | Case-Control
  People who have a condition are compared with similar people who do not, to find what differs.
prospective | Prospective | Prospective
  The study starts now and follows people into the future.
retrospective | Retrospective | Retrospective
  The study looks back at things that have already happened.
patient-registry | Patient registry | Patient Registry
  A long-running collection of facts about people who have the same condition or treatment.
biospecimen | Samples kept (biospecimens) | Biospecimen
  Blood, tissue or other samples from your body that the study keeps for research.
# What is measured
primary-outcome | Primary outcome | Primary Outcome Measure
  The main thing the study measures. It decides whether the treatment is said to work.
secondary-outcome | Secondary outcome | Secondary Outcome Measure
  Another thing the study measures, besides the main one.
other-outcome | Other outcome | Other Outcome Measure
  A further thing the study measures, to explore.
time-frame | Time frame | Time Frame
  When something is measured, or over how long.
# Who can join
eligibility | Eligibility | Eligibility Criteria
  The rules about who can join. They keep people safe and help the study answer its question.
inclusion-criteria | Inclusion criteria | Inclusion Criteria
  Things that must be true of you for you to join, such as your age or your diagnosis.
exclusion-criteria | Exclusion criteria | Exclusion Criteria
  Things that mean you cannot join, often because the study could harm you.
healthy-volunteers | Healthy volunteers | Accepts Healthy Volunteers
  People without the condition who join to help research. Some studies take them and some do not.
informed-consent | Informed consent | Informed Consent
  Before you join, the study is explained to you and you may ask anything. You sign only if you agree, and you can
  leave at any time without giving a reason.
uln | ULN (upper limit of normal) | ULN
  The highest value of a blood test that counts as normal. 3 x ULN means three times that value.
performance-status | Performance status (ECOG, Karnofsky) | Performance status
  A score for how well you manage everyday life. ECOG runs from 0, fully active, up to 4, always in bed; Karnofsky
  runs from 100 down.
life-expectancy | Life expectancy | Life expectancy
  A doctor's guess at how long a person with this illness is likely to live. It is often wrong for one person.
washout | Washout | Washout
  A time without a medicine, so that it leaves the body before the study begins or changes treatment.
# Who runs it
sponsor | Sponsor | Sponsor
  The organisation or person that starts the study and answers for it.
collaborator | Collaborator | Collaborator
  Another organisation that helps, with money, staff or supplies.
funder-type | Funder type | Funder Type
  What kind of organisation pays for or supports the study, such as a company, a government or a university.
principal-investigator | Principal investigator | Principal Investigator
  The researcher who leads the study, or leads it at one site.
responsible-party | Responsible party | Responsible Party
  The organisation or person who must keep the registry's record of the study right.
dmc | Data monitoring committee | Data Monitoring Committee (DMC)
  Independent experts who look at the results as they come in. They can stop the study if people are harmed.
site | Site (location) | Location
  A hospital, clinic or other place where the study takes place.
contact | Contact | Contact
  The person or office to ask about joining the study.
# The record
nct-number | NCT number | NCT Number
  The study's own number at ClinicalTrials.gov: the letters NCT and eight digits. Quote it when you ask.
mesh | MeSH heading | MeSH
  A word from one shared list of medical words. It helps to find studies that name the same thing differently.
first-posted | First posted | First Posted
  The day the record of the study first appeared in the registry.
last-update-posted | Last update posted | Last Update Posted
  The day the record was last changed. The longer ago, the more reason to ask whether it still holds.
study-start | Study start | Study Start
  The day the first person joined, or is expected to join.
primary-completion | Primary completion | Primary Completion
  The day the main thing was, or will be, measured for the last person.
study-completion | Study completion | Study Completion
  The day of the last visit of the last person.
results-posted | Results posted | Results First Posted
  The day the study's results first appeared in the registry.
adverse-event | Adverse event | Adverse Event
  Anything bad that happens to a person's health during a study. The treatment may or may not have caused it.
serious-adverse-event | Serious adverse event | Serious Adverse Event
  An adverse event that kills, threatens life, needs a hospital, or leaves lasting harm.
ipd-sharing | Sharing of participant data | IPD Sharing Statement
  Whether other researchers may use the facts collected about each person, without names.
study-documents | Study documents | Study Documents
  Papers of the study: its plan, the plan for its analysis, or the consent form.
"""
