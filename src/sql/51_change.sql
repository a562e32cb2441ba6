-- Changing and deleting the rows of a queryset.

CREATE FUNCTION corm.update(q corm.queryset, data pg_catalog.jsonb, all_rows pg_catalog.bool DEFAULT false)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_update';
COMMENT ON FUNCTION corm.update(corm.queryset, pg_catalog.jsonb, pg_catalog.bool) IS
'Changes all rows of a queryset by one statement, and returns how many it wrote; with columns of the link alone, how many links.
q: a filter across relations, an exclude, corm.relation(...) of an owner or of a queryset. all_rows: true says that a queryset with no filter and no relation means every row.
data: columns and to-one relations as in corm.create; what is absent stays. column__add, __sub, __mul compute numbers, dates and time spans; __append, __prepend, __remove change arrays, text and jsonb; jsonbcolumn__key__key__set replaces one place in a document; column__F takes the value of a path of the row. Through a relation with a through model the link''s extra columns stand under the through model''s name.
Errors: 22023 without a filter, with limit, offset, distinct or order_by, for two members that give one column different values, and for a relation that shares a column with the key or with another relation and would change it unsaid; 42703 unknown member; 42501 a key that corm.permit does not have; 22004 NULL queryset, owner or data.
Example: SELECT corm.update(corm.filter(''Post'', ''{"author__name": "Ann"}''), ''{"views__add": 1}'');';

CREATE FUNCTION corm.update_one(q corm.queryset, data pg_catalog.jsonb, OUT object pg_catalog.json)
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_update_one';
COMMENT ON FUNCTION corm.update_one(corm.queryset, pg_catalog.jsonb) IS
'Changes the one row of a queryset and returns it as it is then, with what q loads.
q: exactly one row. data: as in corm.update; {} changes nothing. column__expect: the value that the column must still have, whatever it is called: a version, a time of change. fields => ''{}'' asks for nothing back, and the result is {}.
Errors: P0002 when no row matches, or a trigger suppressed the update, P0003 when more than one does (nothing is written then), 40001 when the row is there and has another value than expected: read it again; and those of corm.update.
Example: SELECT corm.update_one(corm.filter(''Post'', ''{"pk": 1}''), ''{"title": "New", "version__expect": 3, "version__add": 1}'');';

CREATE FUNCTION corm.delete(q corm.queryset, all_rows pg_catalog.bool DEFAULT false)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_delete';
COMMENT ON FUNCTION corm.delete(corm.queryset, pg_catalog.bool) IS
'Deletes all rows of a queryset by one statement, and returns how many; rows that foreign keys delete along with them do not count.
q: a filter across relations, an exclude, corm.relation(...): the related rows are deleted then, not the links. all_rows: true says that a queryset with no filter and no relation means every row.
Errors: 22023 without a filter, and with limit, offset, distinct or order_by; 23503 when rows elsewhere refer to them; 22004 NULL queryset or owner.
Example: SELECT corm.delete(corm.filter(''Post'', ''{"author__name": "Ann"}''));';

CREATE FUNCTION corm.delete_one(q corm.queryset, OUT object pg_catalog.json)
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_delete_one';
COMMENT ON FUNCTION corm.delete_one(corm.queryset) IS
'Deletes the one row of a queryset and returns what it was. Related rows that q loads are read afterwards: those that went with it are no longer there.
q: exactly one row. fields => ''{}'' asks for nothing back, and the result is {}.
Errors: P0002 when no row matches, or a trigger suppressed the deletion, P0003 when more than one does (nothing is deleted then), 22023 with limit, offset, distinct, order_by or annotate; 23503 when rows elsewhere refer to it; 22004 NULL queryset or owner.
Example: SELECT corm.delete_one(corm.filter(''Post'', ''{"pk": 1}''));';

CREATE FUNCTION corm.for_update(q corm.queryset, skip_locked pg_catalog.bool DEFAULT false, nowait pg_catalog.bool DEFAULT false, OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_for_update';
COMMENT ON FUNCTION corm.for_update(corm.queryset, pg_catalog.bool, pg_catalog.bool) IS
'The documents of a queryset, as corm.all returns them, with a lock FOR UPDATE on the rows themselves until the end of the transaction; what they load is read once they are locked, and is not locked.
q: a queryset, with order_by and limit if wanted. skip_locked: leave out rows that somebody else has locked. nowait: raise 55P03 for them instead of waiting.
Errors: 22023 with distinct, 0A000 for a relation in which a row may come by several links, 42501 without the right to UPDATE the table, 22004 NULL queryset or owner.
Example: SELECT corm.for_update(corm.objects(''Job'', filter => ''{"state": "new"}'', order_by => ''{id}'', limit_count => 1), skip_locked => true);';

CREATE FUNCTION corm.delete_preview(q corm.queryset, OUT action pg_catalog.text, OUT model pg_catalog.text, OUT table_name pg_catalog.regclass, OUT constraint_name pg_catalog.text, OUT rows pg_catalog.int8)
	RETURNS SETOF record
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 10
	AS 'MODULE_PATHNAME', 'corm_delete_preview';
COMMENT ON FUNCTION corm.delete_preview(corm.queryset) IS
'What corm.delete would do to the rows of the queryset and to those that refer to them, without doing it.
action: delete (the first row is about the queryset''s own rows, the others about those that foreign keys with ON DELETE CASCADE take along; each row counts once), set null, set default, or restricted: rows that would make the deletion fail with 23503. A row that would go itself is not counted as restricted by NO ACTION, although PostgreSQL may check that before another constraint has taken the row along. model: NULL for a table that is none. constraint_name: of the foreign key, NULL for delete.
Triggers, rules and deferred changes are not foreseen, and rows that the caller may not see are not counted.
Errors: 22023 with limit, offset, distinct or order_by; 42501 without the right to read a table that refers to the rows; 22004 NULL queryset or owner.
Example: SELECT * FROM corm.delete_preview(corm.filter(''Author'', ''{"name": "Ann"}''));';
