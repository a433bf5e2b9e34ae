"""Actions planned before they needed a subject and a contact get both, so that SQL can hold it."""


def migrate(cr, version):
    cr.execute("ALTER TABLE mail_activity ADD COLUMN IF NOT EXISTS crmsol_contact_id integer")
    cr.execute(
        """
        UPDATE mail_activity a
           SET crmsol_contact_id = COALESCE(a.crmsol_contact_id, o.contact_id, o.partner_id),
               summary = COALESCE(
                   NULLIF(btrim(a.summary), ''),
                   (SELECT t.name ->> 'en_US' FROM mail_activity_type t
                     WHERE t.id = a.activity_type_id),
                   o.name
               )
          FROM crmsol_opportunity o
         WHERE a.res_model = 'crmsol.opportunity'
           AND a.res_id = o.id
           AND (a.crmsol_contact_id IS NULL OR btrim(COALESCE(a.summary, '')) = '')
        """
    )
