"""Constants that the models, the wizards and the tests share."""

import re

OPEN = "open"
WON = "won"
LOST = "lost"

#: The columns of the forecast that are no month. A month is named as in ISO 8601: ``2026-11``.
OVERDUE = "overdue"
UNDATED = "undated"

#: The pairs (from, to) that an opportunity's outcome may go through. A closed deal is reopened
#: before it is closed the other way, so that its history says that somebody changed their mind.
OUTCOME_TRANSITIONS = frozenset({(OPEN, WON), (OPEN, LOST), (WON, OPEN), (LOST, OPEN)})

#: What an opportunity has only while it is closed: reopening takes it away, the thread keeps it.
OF_CLOSED = ("date_closed", "loss_reason_id", "closed_by_id", "date_closing_recorded")

#: The years of dates that somebody can mean: no negotiation kept in a computer is older, none is
#: expected to last longer. A year typed with two digits, or with one too many, lies outside.
YEAR_MIN, YEAR_MAX = 1990, 2100

#: The longest title, in characters, that a card, a list row and a mail subject can still show.
NAME_MAX_LENGTH = 256

#: A tag, which no title may hold; “3 < 5 > 2” and “<3” have none.
HTML_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")

#: The largest amount, price or quantity: up to here a float still tells cents apart.
NUMBER_MAX = 10**13

PRIORITIES = [
    ("0", "Low"),
    ("1", "Medium"),
    ("2", "High"),
    ("3", "Very High"),
]

OPPORTUNITY_MODEL = "crmsol.opportunity"

ACTION_CANCELLED = "cancelled"
ACTION_STATES = [
    ("overdue", "Overdue"),
    ("today", "Today"),
    ("planned", "Planned"),
    ("done", "Done"),
    (ACTION_CANCELLED, "Cancelled"),
]
