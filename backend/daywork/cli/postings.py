"""daywork postings and daywork explain: what is in the ledger, what waits, and why."""

import argparse
from typing import Any

from daywork.cli.frame import Commands, ask, show, show_table
from daywork.core.duration import duration_text
from daywork.core.money import Money, amount_text
from daywork.core.posting import HELD_REASONS, replayed


def add_parser(commands: Commands) -> None:
    """Add both commands to the command line."""
    listing = commands.add_parser("postings", help="what is held, waiting or posted")
    listing.add_argument("--state", choices=("held", "waiting", "posted"), default="held")
    listing.add_argument("--organisation", metavar="NAME_OR_ID", help="needed if several")
    listing.set_defaults(run=run_postings)
    one = commands.add_parser("explain", help="how one entry came to be posted, or why not")
    one.add_argument("entry", metavar="ENTRY", help="its id, as in the journal's tag")
    one.set_defaults(run=run_explain)
    for parser in (listing, one):
        parser.add_argument("--json", action="store_true", help="print one JSON object")


def run_postings(options: argparse.Namespace) -> int:
    """List postings in a state, the newest approval first, and all totals."""
    answer = ask("postings", {"state": options.state, "organisation": options.organisation})
    if options.json:
        show(answer, as_json=True, sentence="")
        return 0
    lines = [_posting_cells(posting) for posting in answer["postings"]]
    if lines:
        show_table(("day", "who", "project", "time", "entry", "why"), lines)
    totals = [
        f"{state}: {total['count']} ({duration_text(total['seconds'])})"
        for state, total in answer["totals"].items()
    ]
    sentence = "\n".join([*([] if lines else [f"Nothing is {options.state}."]), *totals])
    show(answer, as_json=False, sentence=sentence)
    return 0


def run_explain(options: argparse.Namespace) -> int:
    """Tell an entry's way step by step."""
    answer = ask("explain", {"entry": options.entry})
    show(answer, as_json=options.json, sentence="\n".join(explanation_lines(answer)))
    return 0


def _posting_cells(posting: dict[str, Any]) -> tuple[str, ...]:
    return (
        posting["work_date"] or "",
        posting["person"],
        posting["project"] or "(none)",
        duration_text(posting["seconds"] or 0),
        posting["entry_id"],
        HELD_REASONS.get(posting["reason"] or "", ""),
    )


def explanation_lines(answer: dict[str, Any]) -> list[str]:
    """Return the way of each approved version, step by step."""
    lines = [f"{answer['owner']}, entry {answer['entry_id']}"]
    if not answer["versions"]:
        lines.append("No version of it was approved, so nothing was posted.")
    for version in answer["versions"]:
        lines.append(f"Version {version['dg']}")
        lines.append(f"  approved by {version['approved_by']} at {version['approved_at']}")
        posting = version["posting"]
        if posting is None:
            lines.append("  not on its way to the ledger")
        elif posting["reason"] is not None:
            lines.append(f"  held: {posting['reason_text']}")
        elif posting["trace"] is None:
            lines.append(f"  {posting['state']}: not planned yet")
        else:
            lines.extend(f"  {line}" for line in trace_lines(posting["trace"]))
            when = f" at {posting['posted_at']}" if posting["posted_at"] else ""
            lines.append(f"  {posting['state']} in batch {posting['batch']}{when}")
    return lines


def trace_lines(trace: dict[str, Any]) -> list[str]:
    """Return how a posting's numbers come about; the trace alone gives them."""
    seconds = int(trace["raw_seconds"])
    labour, billing = replayed(trace)
    lines = [
        f"{duration_text(seconds)} worked ({seconds} s), not rounded",
        _money_line("pay", trace["pay_rate"], labour),
    ]
    if trace["is_billable"]:
        lines.append(_money_line("billing", trace["billing_rate"], billing))
    else:
        lines.append("not billable")
    names = f"employee {trace['employee']}, project {trace['project']}"
    return [*lines, f"{names} (mapping version {trace['mapping_version']})"]


def _money_line(kind: str, rate: dict[str, Any] | None, money: Money | None) -> str:
    if rate is None or money is None:
        return f"{kind}: no rate on that day, the hours alone are posted"
    per_hour = Money(int(rate["minor_units_per_hour"]), str(rate["currency"]))
    return (
        f"{kind}: {amount_text(per_hour)} {per_hour.currency} an hour since {rate['from']}"
        f" = {amount_text(money)} {money.currency}"
    )
