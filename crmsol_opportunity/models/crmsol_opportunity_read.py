from odoo import models
from odoo.exceptions import MissingError

#: Types of fields of which the cache holds what there is to know of the value.
_PLAIN_TYPES = {
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "integer",
    "json",
    "many2one",
    "monetary",
    "selection",
    "text",
}


class CrmsolOpportunity(models.Model):
    """Reads of many records at once, as boards and lists ask for them.

    The ORM goes through fields and records one value at a time, and asks for rights, pending
    computations and prefetching at each: for a board's cards that takes longer than its SQL.
    Here that is asked once for a field, and the values of all records are taken together.
    """

    _inherit = "crmsol.opportunity"  # pylint: disable=consider-merging-classes-inherited

    # === READ METHODS === #

    def _read_format(self, fnames, load="_classic_read"):
        """As the host's, which answers for whatever is no plain value of an existing record."""
        if load or not all(self._ids):
            return super()._read_format(fnames, load=load)
        plain = [fname for fname in fnames if self._is_plain(fname)]
        try:
            columns = {fname: self._get_column(fname) for fname in plain}
        except MissingError:
            return super()._read_format(fnames, load=load)
        others = [fname for fname in fnames if fname not in columns]
        result = super()._read_format(others, load=load)
        if len(result) < len(self):  # some are no more
            return super()._read_format(fnames, load=load)
        for fname, values in columns.items():
            field = self._fields[fname]
            if field.type in ("many2one", "json"):  # of JSON the host would make copies
                values = [value or False for value in values]
            else:
                values = [
                    field.convert_to_read(field.convert_to_record(value, self), self, False)
                    for value in values
                ]
            for row, value in zip(result, values, strict=True):
                row[fname] = value
        return result

    # === BUSINESS METHODS === #

    def _is_plain(self, fname):
        field = self._fields[fname]
        return (
            field.type in _PLAIN_TYPES
            and fname != "id"
            and not field.translate
            and not field.company_dependent
        )

    def _get_column(self, fname):
        """Return the values of a plain field, as the cache has them, in the order of the records.

        :raise AccessError: if the user may not read the field
        """
        field = self._fields[fname]
        self._check_field_access(field, "read")
        if field.compute and field.store:
            field.recompute(self)
        cache = field._get_cache(self.env)
        missing = object()
        values = [cache.get(id_, missing) for id_ in self._ids]
        if missing not in values:
            return values
        for record in self:  # the first one brings all of them, unless they are very many
            if record._ids[0] not in cache:
                record[fname]  # noqa: B018
        cache = field._get_cache(self.env)
        return [cache[id_] for id_ in self._ids]

    def _get_columns(self, *fnames):
        """Return an iterator of tuples: the values of several plain fields, record by record."""
        return zip(*(self._get_column(fname) for fname in fnames), strict=True)

    def _set_column(self, fname, values):
        """Set a field that is computed and not stored, as a compute method does.

        :param values: in the order of the records; of JSON, such as needs no conversion
        """
        field = self._fields[fname]
        if field.type == "json":
            values = [value or None for value in values]
        else:
            values = [field.convert_to_cache(value, self) for value in values]
        field._get_cache(self.env).update(zip(self._ids, values, strict=True))
