-- Queries that give a line for each row of the host's tables, with a checksum of the columns that they have now. script/test
-- runs what this prints before and after the addon's installation: no row of a company's data may be changed or gone.
-- Left out is what Odoo itself keeps of its modules (ir_…, who inherits which group), its queue of notifications, and when
-- a row was last written: Odoo notes that too when it fills a new column of the addon. The addon's ledger of totals is
-- counted anew with each update; what it says is compared by tests/test_totals.py.
select format('select %L || md5(row(%s)::text) from %s;', 'row of ' || c.relname || ' ',
              string_agg(format('t.%I', a.attname), ', ' order by a.attnum), format('%I t', c.relname))
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where a.attname not in ('write_date', 'write_uid') and c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
   and c.relname !~ '^(ir_|bus_|base_registry|orm_signaling|res_groups|rule_group|module_|crmsol_opportunity_total$)'
 group by c.relname
 order by c.relname;
