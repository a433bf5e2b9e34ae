"""Lists that are new in this version come filled in.

Their records are created with the addon only, since the users own them: an update alone would
leave the lists empty.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in (
        "crmsol_reference_role",
        "crmsol_partner_kind",
        "crmsol_document_type",
        "mail_activity_type",
    ):
        convert_file(
            env,
            "crmsol_opportunity",
            f"data/{name}_data.xml",
            idref={},
            mode="init",
            noupdate=True,
        )
