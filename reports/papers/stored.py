"""A paper as JSON and back, as it is stored and as programs read it. Pure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from core.clock import iso
from core.vocabulary import PaperKind
from reports.papers.paper import Appendix, Block, Chart, Figure, Grid, Heading, Paper, Paragraph, Part

_NAMES: dict[type[Block], str] = {
    Heading: "heading",
    Paragraph: "paragraph",
    Grid: "grid",
    Chart: "chart",
}


def to_json(paper: Paper) -> dict[str, Any]:
    """Every part of a paper, in an order that is the same each time."""
    return {
        "kind": paper.kind.value,
        "title": paper.title,
        "issuer": paper.issuer,
        "period": paper.period,
        "as_of": iso(paper.as_of),
        "addressee": paper.addressee,
        "issue": paper.issue,
        "signer": paper.signer,
        "signed_on": paper.signed_on.isoformat() if paper.signed_on else None,
        "blocks": [{"block": _NAMES[type(block)], **asdict(block)} for block in paper.blocks],
        "appendices": [asdict(one) for one in paper.appendices],
    }


def from_json(stored: dict[str, Any]) -> Paper:
    """The paper that `to_json` wrote."""
    signed_on = stored["signed_on"]
    return Paper(
        kind=PaperKind(stored["kind"]),
        title=stored["title"],
        issuer=stored["issuer"],
        period=stored["period"],
        as_of=datetime.fromisoformat(stored["as_of"]),
        blocks=tuple(_block(one) for one in stored["blocks"]),
        appendices=tuple(_appendix(one) for one in stored["appendices"]),
        addressee=stored["addressee"],
        issue=stored["issue"],
        signer=stored["signer"],
        signed_on=date.fromisoformat(signed_on) if signed_on else None,
    )


def _block(stored: dict[str, Any]) -> Block:
    match stored["block"]:
        case "heading":
            return Heading(stored["text"], stored["level"])
        case "paragraph":
            return Paragraph(tuple(_part(one) for one in stored["parts"]))
        case "grid":
            lines = tuple(tuple(_part(one) for one in line) for line in stored["lines"])
            return Grid(stored["caption"], tuple(stored["head"]), lines)
        case "chart":
            labels, values = tuple(stored["labels"]), tuple(stored["values"])
            return Chart(stored["caption"], labels, values, stored["is_line"])
        case unknown:
            raise ValueError(f"no such block: {unknown}")


def _part(stored: str | dict[str, Any]) -> Part:
    if isinstance(stored, str):
        return stored
    return Figure(stored["value"], stored["list"], tuple((column, text) for column, text in stored["where"]))


def _appendix(stored: dict[str, Any]) -> Appendix:
    lines = tuple(tuple(line) for line in stored["lines"])
    return Appendix(stored["key"], stored["title"], tuple(stored["head"]), lines)
