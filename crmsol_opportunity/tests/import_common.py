import base64

from .common import CrmsolCommon

HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
SMALL = "key,name,customer,amount,stage,close date"
#: twelve good rows: 5 won (4001.55), 3 lost (10.10), 4 open, of which 2 without a customer
ROWS = [
    "W1,Bench Ann-Lee,GTXPro,Acme Corporation,Won,10/20/2016,3/1/2017,1054",
    "W2,Bench Ann-Lee,MG Special,Betatech,Won,10/25/2016,3/11/2017,0.10",
    "W3,Bench Bob,MG Special,Betatech,Won,10/25/2016,3/11/2017,0.20",
    "W4,Bench Carl,GTX Pro,Ganjaflex,Won,1/2/2017,12/31/2017,2900",
    "W5,Bench Carl,MG Special,Ganjaflex,Won,1/2/2017,1/2/2017,47.25",
    "L1,Bench Bob,GTX Pro,Acme Corporation,Lost,10/30/2016,3/2/2017,0",
    "L2,Bench Bob,GTX Pro,Betatech,Lost,10/30/2016,3/2/2017,10.1",
    "L3,Bench Carl,MG Special,Ganjaflex,Lost,10/30/2016,3/2/2017,0",
    "E1,Bench Ann-Lee,GTXPro,Acme Corporation,Second,11/1/2016,,",
    "E2,Bench Carl,MG Special,,Second,11/2/2016,,",
    "P1,Bench Bob,GTX Pro,Betatech,First,,,",
    "P2,Bench Bob,MG Special,,First,,,",
]


class ImportCommon(CrmsolCommon):
    """Drives the import as the sales manager does, step by step."""

    def _begin(self, data, user=None, **values):
        """Upload a file (text, bytes, or lines) and read it."""
        if isinstance(data, list):
            data = "\n".join(data)
        if isinstance(data, str):
            data = data.encode()
        wizard = (
            self.env["crmsol.opportunity.import"]
            .with_user(user or self.dora)
            .create({"file": base64.b64encode(data), "file_name": "pipeline.csv", **values})
        )
        wizard.action_read_file()
        return wizard

    def _to_options(self, data, user=None, **values):
        wizard = self._begin(data, user, **values)
        wizard.action_read_columns()
        return wizard

    def _import(self, data, user=None, state="done", **values):
        """Do all the steps with what is proposed, and the values given."""
        wizard = self._to_options(data, user)
        wizard.write(values)
        wizard._run_all(state)
        return wizard

    def _import_sample(self, rows=ROWS, state="done", **values):
        return self._import(
            [HEADER, *rows], state=state, **{"partner_id": self.customer.id, **values}
        )

    def _get(self, key, source="CRM"):
        return (
            self.env["crmsol.opportunity"]
            .with_context(active_test=False)
            .search([("import_source", "=", source), ("import_key", "=", key)])
        )

    def _get_counts(self, wizard):
        counts = {"created": 0, "updated": 0, "unchanged": 0, "skipped": 0}
        return tuple((counts | wizard.result["counts"]).values())

    def _get_issues(self, wizard, kind="skipped"):
        """Return [(line, code, value)]."""
        return [
            (line, code, value)
            for of_kind, code, _column, line, _key, value in wizard.result["issues"]
            if of_kind == kind
        ]
