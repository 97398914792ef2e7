"""The state's boilerplate around what a writer wrote, one function a format."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from corpus.authoring import Draft, Layout, Page, Spans

Plan = dict[str, Any]
Mentions = dict[str, Spans]

HOW_2014 = (
    "MAXIMUS Federal Services sent the complete case file to an expert reviewer. He/she has no affiliation with the "
    "employer, employee, providers or the claims administrator. {credentials}He/she has been in active clinical "
    "practice for more than five years and is currently working at least 24 hours a week in active practice. The "
    "expert reviewer was selected based on his/her clinical experience, education, background, and expertise in the "
    "same or similar specialties that evaluate and/or treat the medical condition and disputed items/{services}. "
    "He/she is familiar with governing laws and regulations, including the strength of evidence hierarchy that "
    "applies to Independent Medical Review determinations."
)
SUMMARY_INTRO = (
    "The expert reviewer developed the following clinical case summary based on a review of the case file, "
    "including all medical records:"
)
SET_FORTH = "The Final Determination was based on decisions for the disputed items/services set forth below:"
SPECIALTIES = [
    "Physical Medicine & Rehabilitation",
    "Physical Medicine & Rehabilitation, Pain Management",
    "Occupational Medicine",
    "Preventive Medicine, Occupational Medicine",
    "Orthopedic Surgery",
    "Anesthesiology, Pain Management",
    "Family Practice",
    "Internal Medicine",
    "Neurological Surgery",
    "Neurology",
    "Psychiatry",
    "Psychologist",
    "Emergency Medicine",
    "Chiropractor",
    "Chiropractor, Acupuncturist",
]
STATES = [
    "California",
    "California,Texas",
    "California,Hawaii",
    "Texas",
    "New York,California",
    "Florida",
    "Oregon,California",
    "Arizona,California",
]


def _verdict(outcome: str) -> str:
    return "Upheld" if outcome == "UPHELD" else "Overturned"


def _summary(page: Page, draft: Draft, mentions: Mentions) -> None:
    page.add(draft.summary, mentions.get("summary"), "summary")


def _qualifications(rng: random.Random) -> str:
    return (
        f"The Expert Reviewer has the following credentials:\nState(s) of Licensure: {rng.choice(STATES)}\n"
        f"Certification(s)/Specialty: {rng.choice(SPECIALTIES)}"
    )


def _issues(page: Page, draft: Draft, mentions: Mentions, layout: Layout, rng: random.Random) -> None:
    """The body shared by the letters of 2014 and later."""
    colon = rng.choice([": ", ":  "])
    for number, issue in enumerate(draft.issues):
        if layout.numbering != "none":
            page.add(f"{number + 1}{layout.numbering.lstrip('1')} ")
        if issue.lead:
            page.add(issue.lead, mentions.get(f"lead{number}")).add(" ")
        page.add(issue.item, mentions.get(f"item{number}"), f"item{number}")
        page.add((" is" if issue.lead else "") + colon + _verdict(issue.outcome) + "\n \n")
        page.add("Claims Administrator guideline: ").add(issue.ca, None, f"ca{number}").add("\n \n")
        page.add("MAXIMUS guideline: ").add(issue.rev, None, f"rev{number}").add("\n \n")
        page.add("Decision rationale: ")
        page.add(issue.rationale, mentions.get(f"rationale{number}"), f"rationale{number}").add("\n \n")


def write_2014(page: Page, draft: Draft, mentions: Mentions, plan: Plan, layout: Layout, rng: random.Random) -> None:
    """The letters of 2014 and 2015, without a header block."""
    block = rng.random() < 0.6
    credentials = (
        ""
        if block
        else f"The expert reviewer is Board Certified in {rng.choice(SPECIALTIES)} "
        "and is licensed to practice in California. "
    )
    page.add("HOW THE IMR FINAL DETERMINATION WAS MADE\n")
    page.add(HOW_2014.format(credentials=credentials, services="services") + "\n \n")
    if block:
        page.add(_qualifications(rng) + "\n \n")
    page.add(f"CLINICAL CASE SUMMARY\n{SUMMARY_INTRO}\n \n")
    _summary(page, draft, mentions)
    page.add(f"\n \nIMR ISSUES, DECISIONS AND RATIONALES\n{SET_FORTH}\n \n")
    _issues(page, draft, mentions, layout, rng)


def write_2016(page: Page, draft: Draft, mentions: Mentions, plan: Plan, layout: Layout, rng: random.Random) -> None:
    """The letters of 2016 and later, with their header block."""
    page.add(f" \nCase Number: {plan['case_number']} \nDate Assigned: ").add_date(
        plan["assigned"], "padded", "assigned"
    )
    page.add(" Date of Injury:  ").add_date(plan["injury"], "padded", "injury")
    page.add("\nDecision Date: ").add_date(plan["decision"], "padded", "decision")
    page.add(" UR Denial Date:  ").add_date(plan["ur_denial"], "padded", "ur_denial")
    page.add(f"\nPriority:  {plan['priority']} Application\nReceived: \n").add_date(
        plan["received"], "padded", "application_received"
    )
    page.add("\n \nHOW THE IMR FINAL DETERMINATION WAS MADE\n")
    page.add(HOW_2014.format(credentials="", services="Service") + "\n \n" + _qualifications(rng))
    page.add(f"\n \nCLINICAL CASE SUMMARY\n{SUMMARY_INTRO}\n \n")
    _summary(page, draft, mentions)
    page.add(f"\n \nIMR ISSUES, DECISIONS AND RATIONALES\n{SET_FORTH}\n \n")
    _issues(page, draft, mentions, layout, rng)


def _determined(page: Page, draft: Draft, mentions: Mentions, region: bool) -> None:
    for number, issue in enumerate(draft.issues):
        verb = "is" if issue.outcome == "UPHELD" else "are" if issue.item.rstrip(".").endswith("s") else "is"
        page.add(f"{number + 1}) MAXIMUS Federal Services, Inc. has determined the request for ")
        page.add(issue.item, mentions.get(f"item{number}"), f"item{number}" if region else None)
        denied = " not" if issue.outcome == "UPHELD" else ""
        page.add(f" {verb}{denied} medically necessary and appropriate.\n \n")


def write_2013(page: Page, draft: Draft, mentions: Mentions, plan: Plan, layout: Layout, rng: random.Random) -> None:
    """The notices of determination of 2013: the list of decisions twice, then qualifications, summary, issues."""
    page.add("MAXIMUS FEDERAL SERVICES, INC.\nIndependent Medical Review\n \n")
    page.add("Notice of Independent Medical Review Determination\n \nDated: ")
    page.add_date(plan["decision"], "short", "decision").add("\n \n")
    if rng.random() < 0.75:
        page.add(f"IMR Case Number: {plan['case_number']}  Date of Injury: ").add_date(
            plan["injury"], "short", "injury"
        )
        page.add("\nClaims Number:   UR Denial Date: ").add_date(plan["ur_denial"], "short", "ur_denial")
        page.add("\nPriority: STANDARD  Application Received: ").add_date(
            plan["received"], "short", "application_received"
        )
        page.add("\nEmployee Name: \nProvider Name: \n \n")
    _determined(page, draft, mentions, region=True)
    page.add("INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE\n \n")
    page.add("An application for Independent Medical Review was filed on ").add_date(plan["received"], "short")
    page.add(" disputing the Utilization Review Denial dated ").add_date(plan["ur_denial"], "short")
    page.add(". A Notice of Assignment and Request for Information was provided to the above parties on ")
    page.add_date(plan["assigned"], "short")
    page.add(". A decision has been made for each of the treatment and/or services that were in dispute:\n \n")
    _determined(page, draft, mentions, region=False)
    page.add("Medical Qualifications of the Expert Reviewer:\n")
    page.add(
        "The independent Medical Doctor who made the decision has no affiliation with the employer, employee, "
        "providers or the claims administrator. The physician reviewer is Board Certified in "
        f"{rng.choice(SPECIALTIES)} and is licensed to practice in California. He/she has been in active "
        "clinical practice for more than five years and is currently working at least 24 hours a week in active "
        "practice.\n \n"
    )
    page.add(rng.choice(["Case Summary:\n", "Expert Reviewer Case Summary:\n"]))
    if rng.random() < 0.4:
        page.add(
            "Disclaimer: The following case summary was taken directly from the utilization review "
            "denial/modification dated "
        )
        page.add_date(plan["ur_denial"], "short").add(".\n \n")
    _summary(page, draft, mentions)
    page.add("\n \nDocuments Reviewed for Determination:\n")
    page.add(
        "The following relevant documents received from the interested parties and the documents "
        "provided with the application were reviewed and considered. These documents included:\n"
    )
    page.add(draft.documents, mentions.get("documents")).add("\n \n")
    for number, issue in enumerate(draft.issues):
        page.add(f"{number + 1}) Regarding the request for ").add(issue.item, mentions.get(f"item{number}"))
        page.add(":\n \nMedical Treatment Guideline(s) Relied Upon by the Expert Reviewer to Make His/Her Decision\n")
        page.add(issue.ca, None, f"ca{number}").add(" ").add(issue.rev, None, f"rev{number}")
        page.add("\n \nRationale for the Decision:\n")
        page.add(issue.rationale, mentions.get(f"rationale{number}"), f"rationale{number}").add("\n \n")


def write_review(page: Page, draft: Draft, mentions: Mentions, plan: Plan, layout: Layout, rng: random.Random) -> None:
    """The rarer letters: a professional review, or decisions and rationales below the documents reviewed."""
    if rng.random() < 0.5:
        page.add("MEDICAL PROFESSIONAL REVIEW\n \n")
        for number, issue in enumerate(draft.issues):
            page.add("ISSUE AT DISPUTE: ").add(issue.item, mentions.get(f"item{number}"), f"item{number}")
            page.add("\n \n")
            if number == 0:
                page.add("CASE SUMMARY:\n")
                _summary(page, draft, mentions)
                page.add("\n \nDOCUMENTS REVIEWED FOR DETERMINATION:\n")
                page.add(draft.documents, mentions.get("documents")).add("\n \n")
            page.add("MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL REVIEWER AND WHY:\n")
            page.add(issue.ca, None, f"ca{number}").add(" ").add(issue.rev, None, f"rev{number}").add("\n \n")
            denied = "NOT " if issue.outcome == "UPHELD" else ""
            tense = rng.choice(["IS", "WAS"])
            page.add(f"RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE {tense} {denied}MEDICALLY NECESSARY:\n")
            page.add(issue.rationale, mentions.get(f"rationale{number}"), f"rationale{number}").add("\n \n")
        page.add("MEDICAL REVIEWER QUALIFICATIONS:\n")
        page.add(f"The reviewer is Board Certified in {rng.choice(SPECIALTIES)}.\n")
        return
    page.add("MAXIMUS FEDERAL SERVICES, INC.\nIndependent Medical Review\n \nCLINICAL CASE SUMMARY\n")
    _summary(page, draft, mentions)
    page.add("\n \nDOCUMENTS REVIEWED\n").add(draft.documents, mentions.get("documents"))
    page.add("\n \nIMR DECISION(S) AND RATIONALE(S)\n")
    page.add(SET_FORTH + "\n \n")
    _issues(page, draft, mentions, layout, rng)


def write_excerpt(page: Page, draft: Draft, mentions: Mentions, plan: Plan, layout: Layout, rng: random.Random) -> None:
    """A part of a letter alone: a pasted case summary, or a rationale without any heading."""
    if draft.summary:
        _summary(page, draft, mentions)
        page.add("\n")
    for number, issue in enumerate(draft.issues):
        page.add(issue.rationale, mentions.get(f"rationale{number}"), f"rationale{number}").add("\n")


WRITERS: dict[str, Callable[[Page, Draft, Mentions, Plan, Layout, random.Random], None]] = {
    "2013": write_2013,
    "2014": write_2014,
    "2016": write_2016,
    "2018": write_2016,
    "review": write_review,
    "excerpt": write_excerpt,
}
