"""The validator: every rule that a letter of the corpus must keep, and a list of what a person should look at."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from corpus.files import DRAFTS, authored
from corpus.public import find_text
from spacy_imr.corpus_format import CorpusLetter, gold_issues, read_corpus
from spacy_imr.pipeline.views import part_bounds
from spacy_imr.tokenizer import blank_pipeline

Words = tuple[str, ...]
# A run of words that stands in so many public letters is the state's boilerplate or a guideline quoted by all.
COMMON = 4
RUN = 12
NEAR_DUPLICATE = 0.5
# Words of the MTUS itself, which reviewers and writers quote alike (8 CCR 9792.24).
QUOTED = (
    "an option when pain medication is reduced or not tolerated",
    "activities of daily living or a reduction",
    "any compounded product that contains at least one drug",
    "documented by physical examination and corroborated by imaging studies and",
)


def letter_problems(letter: CorpusLetter) -> list[str]:
    """What is wrong with one letter by itself; an empty list if nothing is."""
    problems = []
    text = letter.text
    previous = 0
    for span in letter.spans:
        surface = text[span.start : span.end]
        where = f"{letter.id}: {span.label} {span.start}-{span.end} {surface!r}"
        if not 0 <= span.start < span.end <= len(text):
            problems.append(f"{where}: offsets outside the text")
            continue
        if surface != surface.strip():
            problems.append(f"{where}: white space at an edge")
        if span.start < previous:
            problems.append(f"{where}: overlaps the mention before it, or stands before it")
        previous = span.end
    for issue in letter.issues:
        where = f"{letter.id}: issue {issue.number}"
        regions = {
            "item": issue.item,
            "claims_administrator_citation": issue.claims_administrator_citation,
            "reviewer_citation": issue.reviewer_citation,
            "rationale": issue.rationale,
        }
        for name, region in regions.items():
            if region is None:
                if letter.format != "excerpt" or name == "rationale":
                    problems.append(f"{where}: {name} is missing")
            elif not text[region.start : region.end].strip() or region.end > len(text):
                problems.append(f"{where}: {name} is empty or outside the text")
            elif text[region.start : region.end] != text[region.start : region.end].strip():
                problems.append(f"{where}: {name} has white space at an edge")
        if letter.format != "excerpt" and not (issue.claims_administrator_guidelines and issue.reviewer_guidelines):
            problems.append(f"{where}: a party has no guideline family")
        for families in (issue.claims_administrator_guidelines, issue.reviewer_guidelines):
            if "NONE" in families and len(families) > 1:
                problems.append(f"{where}: NONE stands beside another family")
        for span in letter.spans:
            for name in ("claims_administrator_citation", "reviewer_citation"):
                region = regions[name]
                if region and region.start < span.end and span.start < region.end:
                    problems.append(f"{where}: {span.label} {text[span.start : span.end]!r} stands inside its {name}")
    numbers = [issue.number for issue in letter.issues]
    if numbers != list(range(1, len(numbers) + 1)):
        problems.append(f"{letter.id}: issues are numbered {numbers}")
    if letter.format != "excerpt" and not letter.issues:
        problems.append(f"{letter.id}: no issue")
    return problems


def reason_problems(letter: CorpusLetter) -> list[str]:
    """Judged sentences of reasons that are none, as `spacy_imr.letter.conclusions` finds them today."""
    problems = []
    for issue, plain in zip(letter.issues, gold_issues(letter), strict=True):
        starts = {start for start, _ in part_bounds(letter.text, plain, "reasons")}
        problems += [
            f"{letter.id}: issue {issue.number}: the reason at {reason.start} is no sentence of the reasons"
            for reason in issue.reasons
            if reason.start not in starts
        ]
    return problems


def misaligned(letters: Iterable[CorpusLetter]) -> list[str]:
    """Mentions that no tokens of the project's tokenizer make up."""
    nlp = blank_pipeline()
    problems = []
    for letter in letters:
        doc = nlp.make_doc(letter.text)
        for span in letter.spans:
            if doc.char_span(span.start, span.end) is None:
                problems.append(f"{letter.id}: {letter.text[span.start : span.end]!r} at {span.start} cuts a token")
    return problems


def words(text: str) -> list[str]:
    """Words and numbers in lower case."""
    return re.findall(r"[a-z0-9]+", text.lower())


def grams(text: str, size: int) -> set[Words]:
    """All runs of `size` words."""
    found = words(text)
    return {tuple(found[i : i + size]) for i in range(len(found) - size + 1)}


_SUMMARY_BEGINS = (re.compile(r"including\s+all\s+medical\s+records:"), re.compile(r"(?i)case\s+summary:?\s"))
_SUMMARY_ENDS = re.compile(r"(?i)IMR\s+(?:ISSUES|DECISION)|\bDECISIONS?\S*\s+AND\s+RATIONALE|Documents\s+Reviewed")


def written_parts(letter: CorpusLetter) -> list[str]:
    """What a person wrote of a letter, part by part, without the state's boilerplate: case summary and rationales."""
    text = letter.text
    match = next((match for pattern in _SUMMARY_BEGINS if (match := pattern.search(text))), None)
    begin = match.end() if match else 0
    stop = _SUMMARY_ENDS.search(text, begin)
    parts = [text[begin : stop.start() if stop else len(text)]]
    if letter.format == "excerpt":
        return parts
    return parts + [text[issue.rationale.start : issue.rationale.end] for issue in letter.issues if issue.rationale]


def written_text(letter: CorpusLetter) -> str:
    """`written_parts` as one text."""
    return "\n".join(written_parts(letter))


def near_duplicates(splits: Mapping[str, Sequence[CorpusLetter]]) -> list[str]:
    """Pairs of letters in different splits that share more than half of the shorter one's word trigrams."""
    index: dict[Words, list[str]] = defaultdict(list)
    sizes = {}
    split_of = {}
    for split, letters in splits.items():
        for letter in letters:
            trigrams = grams(written_text(letter), 3)
            sizes[letter.id] = len(trigrams)
            split_of[letter.id] = split
            for gram in trigrams:
                index[gram].append(letter.id)
    shared: Counter[tuple[str, str]] = Counter()
    for ids in index.values():
        if len(ids) < 20:
            shared.update((a, b) for i, a in enumerate(ids) for b in ids[i + 1 :] if split_of[a] != split_of[b])
    return [
        f"{a} and {b}: {count / min(sizes[a], sizes[b]):.0%} of the trigrams are shared across splits"
        for (a, b), count in shared.items()
        if count > NEAR_DUPLICATE * min(sizes[a], sizes[b])
    ]


def copied_runs(letters: Iterable[CorpusLetter], public_texts: Mapping[str, str]) -> list[str]:
    """Runs of twelve words that an authored letter shares with fewer than four public ones."""
    seen: dict[Words, set[str]] = defaultdict(set)
    for case, text in public_texts.items():
        for gram in grams(text, RUN):
            seen[gram].add(case)
    problems = []
    for letter in letters:
        for gram in sorted(gram for part in written_parts(letter) for gram in grams(part, RUN)):
            run = " ".join(gram)
            if gram in seen and len(seen[gram]) < COMMON and not any(quote in run for quote in QUOTED):
                problems.append(f"{letter.id} shares with {min(seen[gram])}: {run}")
    return problems


def public_texts(folder: Path) -> dict[str, str]:
    """Texts of the public letters that a folder holds, by case number."""
    cases = {path.stem for pattern in ("*.txt", "text/*.txt", "pdf/*.pdf") for path in folder.glob(pattern)}
    return {case: text for case in sorted(cases) if (text := find_text(folder, case)) is not None}


def unlabelled_surfaces(letter: CorpusLetter) -> list[str]:
    """Surfaces annotated at one place of a letter and not at another, outside citations: to be looked at."""
    citations = [
        region
        for issue in letter.issues
        for region in (issue.claims_administrator_citation, issue.reviewer_citation)
        if region
    ]
    found = []
    for surface in sorted({" ".join(letter.text[s.start : s.end].lower().split()) for s in letter.spans}):
        pattern = r"(?<!\w)" + re.escape(surface).replace(r"\ ", r"\s+") + r"(?!\w)"
        for match in re.finditer(pattern, letter.text, re.IGNORECASE):
            start, end = match.span()
            if any(span.start < end and start < span.end for span in letter.spans):
                continue
            if not any(region.start <= start and end <= region.end for region in citations):
                context = " ".join(letter.text[max(0, start - 50) : end + 30].split())
                found.append(f"{letter.id}:{start}: {surface!r}: ...{context}...")
    return found


def corpus_problems(letters: Sequence[CorpusLetter]) -> list[str]:
    """What is wrong with the letters of a corpus, one by one and as a set."""
    problems = [problem for letter in letters for problem in (*letter_problems(letter), *reason_problems(letter))]
    repeated = [name for name, count in Counter(letter.id for letter in letters).items() if count > 1]
    return problems + [f"{name}: the id is given twice" for name in repeated] + misaligned(letters)


def check(letters_folder: Path | None = None) -> list[str]:
    """All problems of the shipped corpus; with the public letters at hand, copied runs too."""
    splits = authored()
    splits["train"] += read_corpus(DRAFTS)
    everything = [letter for letters in splits.values() for letter in letters]
    problems = corpus_problems(everything)
    problems += near_duplicates(splits)
    if letters_folder is not None:
        problems += copied_runs(everything, public_texts(letters_folder))
    return problems
