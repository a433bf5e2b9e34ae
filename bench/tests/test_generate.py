import doctest

from odoo.addons.base.tests.common import BaseCommon

from bench.generate import Generator
from bench.generator import lives
from bench.generator.check import problems

SIZE = 300


class TestGenerate(BaseCommon):
    def _generate(self, seed=1):
        """Return the generator and what it wrote, without the ids."""
        generator = Generator(self.env, SIZE, seed=seed, bulk=False)
        with self.env.cr.savepoint() as savepoint:
            generator.run()
            self.env.cr.execute(
                """
                SELECT o.name, o.amount, o.outcome, o.date_deadline, o.priority, h.date_from,
                       h.date_to, h.amount_company, h.probability, h.outcome, h.date_deadline
                  FROM crmsol_opportunity o
                  JOIN crmsol_opportunity_history h ON h.opportunity_id = o.id
                 WHERE o.id >= %s ORDER BY o.id, h.date_from
                """,
                [generator.first_id],
            )
            rows = self.env.cr.fetchall()
            savepoint.rollback()
        return rows

    def test_lives_doctests(self):
        self.assertFalse(doctest.testmod(lives).failed)

    def test_same_seed_gives_the_same_data(self):
        first = self._generate()
        self.assertEqual(self._generate(), first)
        self.assertNotEqual(self._generate(seed=2), first)

    def test_history_is_what_the_recorder_would_have_written(self):
        generator = Generator(self.env, SIZE, bulk=False)
        self.assertFalse(any(generator.run().values()))
        opportunities = self.env["crmsol.opportunity"].search(
            [("id", ">=", generator.first_id), ("active", "in", [True, False])]
        )
        self.assertEqual(len(opportunities), SIZE)
        self.assertAlmostEqual(
            len(opportunities.filtered(lambda o: o.outcome == "open")) / SIZE, 0.3, delta=0.1
        )
        # the recorder finds nothing to record, and the ORM nothing to reckon anew
        computed = [
            field.name
            for field in opportunities._fields.values()
            if field.compute and field.store and field.readonly
        ]
        self.assertIn("weighted_amount", computed)
        before, rows = opportunities.read(computed), len(opportunities.history_ids)
        opportunities._record_history()
        for fname in computed:
            if fname != "currency_rate_date":  # that of today
                self.env.add_to_compute(opportunities._fields[fname], opportunities)
        self.env.flush_all()
        self.env.invalidate_all()
        after = opportunities.read(computed)
        for old, new in zip(before, after, strict=True):
            self.assertEqual(old | {"currency_rate_date": new["currency_rate_date"]}, new)
        self.assertEqual(len(opportunities.history_ids), rows)
        self.assertFalse(any(problems(self.env.cr, generator.first_id).values()))
        opportunities._check_outcome_phase()
        opportunities._check_customer_company()

    def test_a_wrong_history_is_found(self):
        generator = Generator(self.env, SIZE, bulk=False)
        generator.run()
        changes = {
            "gaps": "date_to = date_to - interval '1 second' WHERE date_to IS NOT NULL",
            "overlaps": "date_to = date_to + interval '1 second' WHERE date_to IS NOT NULL",
            "other_present_state": "amount_company = amount_company + 1 WHERE date_to IS NULL",
            "wrong_phase_begin": "phase_date_from = phase_date_from - interval '1 second'"
            " WHERE date_to IS NOT NULL",
        }
        for problem, change in changes.items():
            with self.subTest(problem), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(f"UPDATE crmsol_opportunity_history SET {change}")
                self.assertTrue(problems(self.env.cr, generator.first_id)[problem])
                savepoint.rollback()

    def test_columns_of_other_modules_are_filled(self):
        """A generated row has a value wherever a row of the ORM has one."""
        partner = self.env["res.partner"].create({"name": "Bench"})
        plain = self.env["crmsol.opportunity"].create({"name": "Plain", "partner_id": partner.id})
        self.env.flush_all()
        generator = Generator(self.env, SIZE, bulk=False)
        generator.run()
        self.env.cr.execute(
            "SELECT to_jsonb(o) FROM crmsol_opportunity o WHERE id = %s OR id >= %s ORDER BY id",
            [plain.id, generator.first_id],
        )
        (of_orm,), *generated = self.env.cr.fetchall()
        filled = {name for name, value in of_orm.items() if value is not None}
        for (row,) in generated:
            self.assertFalse({name for name in filled if row[name] is None})
