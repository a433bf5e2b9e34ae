-- What an addon may leave in a database, one line each. script/test compares the lines before the addon's installation
-- with those after its removal, in both directions: what is left behind, and what of the host is gone.

-- the schema
select 'column ' || table_name || '.' || column_name from information_schema.columns where table_schema = 'public';
select 'index or sequence ' || relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('S', 'i');
select 'constraint ' || conrelid::regclass || '.' || conname from pg_constraint where connamespace = 'public'::regnamespace;
select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace;

-- definitions: every row, since the addon's own may have any name
select 'model ' || model from ir_model;
select 'field ' || model || '.' || name from ir_model_fields;
select 'selection of ' || f.model || '.' || f.name || ' ' || s.value
  from ir_model_fields_selection s join ir_model_fields f on f.id = s.field_id;
select 'menu ' || id || ' ' || (name ->> 'en_US') from ir_ui_menu;
select 'view ' || id || ' ' || coalesce(model, '') || ' ' || name from ir_ui_view;
select 'action ' || id || ' ' || type || ' ' || (name ->> 'en_US') from ir_actions;
select 'scheduled action ' || id || ' ' || cron_name from ir_cron;
select 'sequence ' || id || ' ' || name from ir_sequence;
select 'access ' || id || ' ' || name from ir_model_access;
select 'rule ' || id || ' ' || name from ir_rule;
select 'group ' || id || ' ' || (name ->> 'en_US') from res_groups;
select 'message subtype ' || id || ' ' || (name ->> 'en_US') from mail_message_subtype;
select 'activity type ' || id || ' ' || (name ->> 'en_US') from mail_activity_type;
select 'mail template ' || id || ' ' || (name ->> 'en_US') from mail_template;
select 'mail alias ' || id || ' ' || coalesce(alias_name, '') from mail_alias;
select 'filter ' || id || ' ' || name from ir_filters;
select 'asset ' || id || ' ' || name from ir_asset;
select 'parameter ' || key from ir_config_parameter;
-- Two of Odoo's own entries outlive any addon, and are left out: the external ids that host modules give to fields which
-- they add to the addon's models (dropped when that module is next updated), and the notes on foreign keys of host tables
-- (the keys themselves go with their columns, see above). That an addon is in the list of those to choose from is none of
-- what it leaves: a template made before a new addon came does not list it.
select 'external id ' || module || '.' || name from ir_model_data
 where not (module <> 'crmsol_opportunity' and name ~ '^(model_inherit|selection|field|constraint)__crmsol_')
   and not (module = 'base' and name ~ '^module_');
select 'constraint entry ' || name from ir_model_constraint where type <> 'f';

-- records of any other table that name the addon or one of its models: messages, activities, followers, attachments...
-- The module's own entry in the list of modules stays, and so do log entries. bus_bus is Odoo's queue of notifications,
-- emptied daily; its channels name the database, whose name is like the addon's.
select format(
    $$select 'records: ' || count(*) || ' of %s name the addon' from %s t where t::text ilike '%%crmsol%%' having count(*) > 0$$,
    oid::regclass, oid::regclass)
  from pg_class
 where relnamespace = 'public'::regnamespace and relkind = 'r'
   and relname not in ('ir_module_module', 'ir_module_module_dependency', 'ir_logging', 'ir_model_data', 'ir_model_constraint',
                       'bus_bus')
\gexec
