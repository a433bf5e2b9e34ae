"""What columns and values of other systems mean, from their names in several languages."""

import re
import unicodedata

KEY, NAME, CUSTOMER, AMOUNT, CURRENCY = "key", "name", "customer", "amount", "currency"
PHASE, OUTCOME, LOSS_REASON = "phase", "outcome", "loss_reason"
SELLER, TEAM, PRODUCT = "seller", "team", "product"
DEADLINE, CLOSED, CREATED, ENTERED = "deadline", "closed", "created", "entered"

#: target -> names of its column as other systems have them, folded as :func:`fold` does.
#: Salesforce, HubSpot, Pipedrive, Dynamics, Zoho, Odoo and the usual spreadsheets.
HEADERS = {
    KEY: "id|key|external key|external id|record id|record id contact|opportunity id|deal id"
    "|lead id|reference|clave|clave externa|identificador|identificador externo|id externo"
    "|id de oportunidad|id oportunidad|referencia|codigo|code|cle|cle externe|identifiant"
    "|schlussel|kennung|nummer|chiave|chave|codi|numero",
    NAME: "name|opportunity|opportunity name|deal|deal name|title|deal title|topic|subject"
    "|nombre|titulo|oportunidad|nombre de la oportunidad|nombre del negocio|asunto|trato|negocio"
    "|nom|titre|opportunite|nom de l opportunite|titel|betreff|verkaufschance|nome|oggetto|titol",
    CUSTOMER: "customer|customer name|account|account name|client|company|company name"
    "|organization|organisation|deal organization|partner|associated company|cliente|empresa"
    "|cuenta|nombre de la cuenta|compania|organizacion|razon social|societe|compte|entreprise"
    "|nom du client|kunde|firma|unternehmen|azienda|conta|clients",
    AMOUNT: "amount|value|deal value|close value|expected revenue|revenue|total|price|worth"
    "|importe|cantidad|valor|valor del negocio|monto|ingreso esperado|ingresos esperados"
    "|ingresos previstos|montant|valeur|chiffre d affaires|revenu attendu|betrag|wert|umsatz"
    "|importo|valore|quantia|receita esperada|import",
    CURRENCY: "currency|currency code|currency iso code|moneda|divisa|devise|wahrung|valuta|moeda",
    PHASE: "phase|stage|deal stage|sales stage|stage name|pipeline stage|step|fase|etapa"
    "|etapa del negocio|fase de venta|etapa de venta|etape|etape de vente|verkaufsphase|stadio",
    OUTCOME: "outcome|status|state|result|deal status|won lost|resultado|estado"
    "|ganada perdida|resultat|statut|etat|ergebnis|esito|stato|situacao",
    LOSS_REASON: "loss reason|lost reason|closed lost reason|reason lost|reason for loss"
    "|motivo de perdida|razon de perdida|motivo perdida|motif de perte|raison de la perte"
    "|verlustgrund|motivo della perdita|motivo da perda",
    SELLER: "seller|salesperson|sales person|sales rep|sales agent|owner|deal owner"
    "|opportunity owner|account manager|assigned to|user|responsible|comercial|vendedor"
    "|propietario|propietario del negocio|responsable|asignado a|agente|vendeur|commercial"
    "|proprietaire|verkaufer|vertriebsmitarbeiter|besitzer|venditore|commerciale|proprietario",
    TEAM: "team|sales team|equipo|equipo de ventas|equipe|equipe commerciale|vertriebsteam"
    "|squadra|team di vendita",
    PRODUCT: "product|product name|item|producto|articulo|produit|article|produkt|prodotto|produto",
    DEADLINE: "expected close|expected close date|expected closing|close date expected|deadline"
    "|cierre previsto|fecha prevista|fecha de cierre prevista|fecha prevista de cierre"
    "|cierre esperado|cloture prevue|date de cloture prevue|erwarteter abschluss"
    "|chiusura prevista|fechamento esperado",
    CLOSED: "close date|closing date|closed on|closed|closed date|date closed|won time"
    "|fecha de cierre|cierre|cerrada el|fecha cierre|date de cloture|cloture|abschlussdatum"
    "|abgeschlossen am|data di chiusura|data de fechamento",
    CREATED: "created|created on|created date|create date|creation date|created at|date created"
    "|deal created|engage date|start date|open date|opened|creada|creado|creada el|creado el"
    "|fecha de creacion|fecha creacion|fecha de apertura|fecha de alta|fecha de inicio|cree le"
    "|date de creation|erstellt|erstellt am|data di creazione|data de criacao",
}
_TARGET = {name: target for target, names in HEADERS.items() for name in names.split("|")}
#: "entered Proposal", as a column's name: the words before (or, English and German, after) a phase
_ENTERED = re.compile(
    r"(?:date |fecha )?(?:(?:date )?entered|entro en|entrada en|fecha de entrada en|entree en"
    r"|entre en|ingreso en|entrata in|eintritt in)\s+(?:stage |phase |fase |etapa |la fase )?(.+)"
)

OUTCOMES = {
    "won": "won|win|closed won|close won|deal won|success|successful|ganada|ganado|cerrada ganada"
    "|cerrado ganado|exito|gagne|gagnee|ferme gagne|gewonnen|vinta|vinto|ganha|ganho|guanyada",
    "lost": "lost|loss|closed lost|close lost|deal lost|dead|abandoned|perdida|perdido"
    "|cerrada perdida|cerrado perdido|perdu|perdue|ferme perdu|verloren|persa|perso|cancelled"
    "|cancelada|perduda",
    "open": "open|in progress|ongoing|active|pending|abierta|abierto|en curso|activa|pendiente"
    "|ouvert|ouverte|en cours|offen|laufend|aperta|in corso|aberta|em andamento|oberta",
}
_OUTCOME = {name: outcome for outcome, names in OUTCOMES.items() for name in names.split("|")}


def fold(text):
    """Return the words of a text without accents, capitals and punctuation.

    >>> fold("  Fecha de Creación: "), fold("close_value"), fold("Won/Lost")
    ('fecha de creacion', 'close value', 'won lost')
    """
    plain = unicodedata.normalize("NFKD", str(text)).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", plain.replace("_", " ")))


def propose_target(header):
    """Return what a column seems to hold: ``(target, phase name)``, or ``(None, "")``.

    >>> propose_target("Deal Stage"), propose_target("Fecha de cierre"), propose_target("Colour")
    (('phase', ''), ('closed', ''), (None, ''))
    >>> propose_target("Entered Needs Analysis"), propose_target("Entró en Propuesta")
    (('entered', 'needs analysis'), ('entered', 'propuesta'))
    """
    name = fold(header)
    if name in _TARGET:
        return _TARGET[name], ""
    if match := _ENTERED.fullmatch(name):
        return ENTERED, match[1]
    return None, ""


def propose_targets(headers):
    """Return the proposal for each column; what can be given only once goes to the first one.

    >>> [target for target, _phase in propose_targets(["id", "Deal", "Title", "Owner"])]
    ['key', 'name', None, 'seller']
    """
    taken, proposals = set(), []
    for header in headers:
        target, phase = propose_target(header)
        if target != ENTERED and target in taken:
            target = None
        taken.add(target)
        proposals.append((target, phase))
    return proposals


def propose_outcome(value):
    """Return the outcome that a value names, or ``None``.

    >>> propose_outcome("Closed Won"), propose_outcome("Ganado"), propose_outcome("Proposal")
    ('won', 'won', None)
    """
    return _OUTCOME.get(fold(value))


def match_name(value, ids_by_name):
    """Return the id of the name that is the value, but for accents and capitals.

    :param dict ids_by_name: {folded name: id}

    >>> match_name("NEGOCIACIÓN", {"negociacion": 7}), match_name("Talks", {"negociacion": 7})
    (7, None)
    """
    return ids_by_name.get(fold(value))
