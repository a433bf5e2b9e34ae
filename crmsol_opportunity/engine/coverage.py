"""Who of the customer's people has been talked to, and who has not: what a deal hangs on."""

from collections import namedtuple

#: One person in one role. ``person`` tells people apart, ``decides`` whether the role does,
#: ``days`` since the last contact: None where there was none.
Contact = namedtuple("Contact", ["person", "decides", "days"])


def get_coverage(contacts, recent):
    """Return how many people there are and which of the risks the deal runs.

    A person in two roles is one person: the last contact is the one with the person, whatever the
    role, and who decides in one role decides.

    :param contacts: iterable of :class:`Contact`
    :param int recent: days up to which a contact is recent, the last one included
    :return: counts of people: ``people``, ``recent`` ones, ``never`` talked to, ``deciders`` and
        ``recent_deciders``; ``decider_days``, since the last contact with somebody who decides,
        None where there was none; and ``risks``, in the order of their weight: ``nobody``, or
        ``no_decider`` or ``silent_decider``, and ``silent`` or ``single_thread``
    :rtype: dict

    >>> get_coverage([], 30)["risks"]
    ['nobody']
    >>> found = get_coverage([Contact("ana", True, 31), Contact("leo", False, 2)], 30)
    >>> found["people"], found["risks"], found["decider_days"]
    (2, ['silent_decider', 'single_thread'], 31)
    >>> get_coverage([Contact("ana", True, 30), Contact("leo", False, 2)], 30)["risks"]
    []
    >>> get_coverage([Contact("ana", True, 9), Contact("ana", False, 9)], 30)["risks"]
    ['single_thread']
    """
    days_of, deciders = {}, set()
    for contact in contacts:
        known = [d for d in (days_of.get(contact.person), contact.days) if d is not None]
        days_of[contact.person] = min(known) if known else None
        if contact.decides:
            deciders.add(contact.person)
    is_recent = {p for p, days in days_of.items() if days is not None and days <= recent}
    decider_days = [days_of[p] for p in deciders if days_of[p] is not None]
    return {
        "people": len(days_of),
        "recent": len(is_recent),
        "never": sum(days is None for days in days_of.values()),
        "deciders": len(deciders),
        "recent_deciders": len(deciders & is_recent),
        "decider_days": min(decider_days) if decider_days else None,
        "risks": _get_risks(days_of, deciders, is_recent),
    }


def _get_risks(days_of, deciders, is_recent):
    if not days_of:
        return ["nobody"]
    risks = []
    if not deciders:
        risks.append("no_decider")
    elif not deciders & is_recent:
        risks.append("silent_decider")
    if not is_recent:
        risks.append("silent")
    elif len(is_recent) == 1:
        risks.append("single_thread")
    return risks
