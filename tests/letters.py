"""Letters written for the tests: fictional, one of each format."""

NOTICE_2013 = """MAXIMUS FEDERAL SERVICES, INC.
Notice of Independent Medical Review Determination

Dated: 9/26/2013

IMR Case Number: CM13-0001234  Date of Injury: 3/4/2010
Claims Number:   UR Denial Date: 7/2/2013
Priority: STANDARD  Application Received: 7/19/2013

1) MAXIMUS Federal Services, Inc. has determined the request for MRI of the lumbar
spine is notmedically necessary and appropriate.

2) MAXIMUS Federal Services, Inc. has determined the request for 6 sessions of
acupuncture are medically necessary and appropriate.

INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE

An application for Independent Medical Review was filed on 7/19/2013 disputing the
Utilization Review Denial dated 7/2/2013.

1) MAXIMUS Federal Services, Inc. has determined the request for MRI of the lumbar
spine is not medically necessary and appropriate.

2) MAXIMUS Federal Services, Inc. has determined the request for 6 sessions of
acupuncture are medically necessary and appropriate.

Case Summary:
The patient hurt his low back on 3/4/2010. A disc bulge at L5-
S1 was seen in 2011.

Documents Reviewed for Determination:
Medical records

1) Regarding the request for MRI of the lumbar spine:

Medical Treatment Guideline(s) Relied Upon by the Expert Reviewer to Make His/Her Decision
The Claims Administrator based its decision on the ACOEM Low Back Complaints. The Expert
Reviewer based his/her decision on the ODG, Low Back chapter.

Rationale for the Decision:
There are no red flags. The request is not medically necessary.

2) Regarding the request for 6 sessions of acupuncture:

Medical Treatment Guideline(s) Relied Upon by the Expert Reviewer to Make His/Her Decision
The Claims Administrator did not cite any guideline. The Expert Reviewer based his/her decision
on the Acupuncture Medical Treatment Guidelines, which is part of the MTUS.

Rationale for the Decision:
He improved with the first visits. The request is medically necessary.
"""

DETERMINATION_2014 = """HOW THE IMR FINAL DETERMINATION WAS MADE

MAXIMUS Federal Services sent the complete case file to an expert reviewer.

CLINICAL CASE SUMMARY

The applicant has low back pain since May 6, 2011, with a herniation at L4-5.

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:

1. BILATERAL L4-5 TRANSFORAMINAL ESI:  Upheld

Claims Administrator guideline: Decision based on MTUS Chronic Pain Treatment Guidelines.

MAXIMUS guideline: The Expert Reviewer did not base their decision on the MTUS. Decision based on Non-MTUS
Citation Official Disability Guidelines (ODG).

Decision rationale: Radiculopathy is not documented. The injection is not medically necessary.

2. Norco 10/325mg #60: Overturned

Claims Administrator guideline: The Claims Administrator did not cite any medical evidence for its decision.

MAXIMUS guideline: Decision based on MTUS ACOEM Chapter 12 Low Back Complaints.

Decision rationale: Function improved with Norco. The request is medically necessary.
"""

DETERMINATION_2016 = """Case Number: CM16-0009999
Date Assigned: 01/09/2017 Date of Injury:  10/20/2015
Decision Date: 02/10/2017 UR Denial Date:  12/09/2016
Priority:  Expedited Application
Received:
01/04/2017

HOW THE IMR FINAL DETERMINATION WAS MADE
MAXIMUS Federal Services sent the complete case file to an expert reviewer.

CLINICAL CASE SUMMARY
The injured worker has left knee pain after a fall on 10-20-2015.

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:

1 knee scooter: Overturned

Claims Administrator guideline: The Claims Administrator based their decision on recommendation(s)
outside of the MTUS Guidelines. Decision based on Non-MTUS Citation Official Disability Guidelines.

MAXIMUS guideline: Decision based on MTUS Knee Complaints 2004, Section(s): Initial Care.

Decision rationale: He cannot bear weight, so that the scooter is medically necessary.

Physical therapy x 12 was the original request. Physical therapy x 6 was authorized by the Claims
Administrator. The remaining IMR eligible portion of the original request, physical therapy
x 6 is: Upheld

2 of 3

Claims Administrator guideline: Decision based on MTUS Postsurgical Treatment 2009, Section(s): Knee.

MAXIMUS guideline: Decision based on MTUS Chronic Pain Medical Treatment 2016.

Decision rationale: Six visits are enough. The rest is not medically necessary.
"""

REVIEW = """MEDICAL PROFESSIONAL REVIEW

ISSUE AT DISPUTE: Left shoulder arthroscopy

CASE SUMMARY:
The claimant has a rotator cuff tear of 2012.

DOCUMENTS REVIEWED FOR DETERMINATION:
Medical records

MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL REVIEWER AND WHY:
The Claims Administrator based its decision on the ODG. The Professional Reviewer based his decision on the
ACOEM Shoulder Complaints.

RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS NOT MEDICALLY NECESSARY:
Conservative care was not tried.

MEDICAL REVIEWER QUALIFICATIONS:
The reviewer is Board Certified.
"""

RATIONALE_ALONE = "The records do not show functional improvement with Norco. The request is not medically necessary."
