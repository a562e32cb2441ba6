-- Writing many rows at once, and rows that may be there already.

CREATE FUNCTION corm.bulk_create(q corm.queryset, data pg_catalog.jsonb, on_conflict pg_catalog.text DEFAULT 'error', conflict_key pg_catalog.text[] DEFAULT NULL, update_columns pg_catalog.text[] DEFAULT NULL, OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1000
	AS 'MODULE_PATHNAME', 'corm_bulk_create';
COMMENT ON FUNCTION corm.bulk_create(corm.queryset, pg_catalog.jsonb, pg_catalog.text, pg_catalog.text[], pg_catalog.text[]) IS
'Inserts many rows by one statement and returns each as a JSON document, with what q loads, in the order of data.
q: a model name, or corm.relation(...): the rows are then linked to the owner too. data: an array of objects as corm.create() takes them, which need not have the same members: what a row lacks takes its default. A relation may also be an object of the columns of a unique key of its target; these are looked up by one statement for all rows.
on_conflict: error; ignore leaves a row that is there as it is; update overwrites it. conflict_key: the columns of the unique key that tells; without it the primary key, for ignore any unique key. update_columns: what to overwrite; without it all that a row gives but the key. A row that lacks one of these leaves it as it is, so for update each run of rows that give the same columns is a statement of its own.
A row that was not written, ignored or suppressed by a trigger, is NULL in its place. fields => ''{}'' asks for nothing back: no RETURNING clause, no rows.
Errors: 42703 unknown member, 22023 data that is no array of objects or two members that give a column different values, 23503 a related row that does not exist, 42P10 conflict_key is no unique key, 21000 update meets a row twice, 22004 NULL data or owner. Errors of values say where: "[17].author".
Example: SELECT corm.bulk_create(''Post'', ''[{"title": "A", "author": 1}, {"title": "B", "author": {"email": "x@y.z"}}]'');';

CREATE FUNCTION corm.bulk_create(q corm.queryset, data pg_catalog.json, on_conflict pg_catalog.text DEFAULT 'error', conflict_key pg_catalog.text[] DEFAULT NULL, update_columns pg_catalog.text[] DEFAULT NULL, OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1000
	AS 'MODULE_PATHNAME', 'corm_bulk_create_text';
COMMENT ON FUNCTION corm.bulk_create(corm.queryset, pg_catalog.json, pg_catalog.text, pg_catalog.text[], pg_catalog.text[]) IS
'Inserts many rows by one statement and returns each as a JSON document, with what q loads, in the order of data.
q: a model name, or corm.relation(...): the rows are then linked to the owner too. data: as jsonb, but read from its text, without making a jsonb of it: an array of objects as corm.create() takes them, which need not have the same members: what a row lacks takes its default. A relation may also be an object of the columns of a unique key of its target; these are looked up by one statement for all rows.
on_conflict: error; ignore leaves a row that is there as it is; update overwrites it. conflict_key: the columns of the unique key that tells; without it the primary key, for ignore any unique key. update_columns: what to overwrite; without it all that a row gives but the key. A row that lacks one of these leaves it as it is, so for update each run of rows that give the same columns is a statement of its own.
A row that was not written, ignored or suppressed by a trigger, is NULL in its place. fields => ''{}'' asks for nothing back: no RETURNING clause, no rows.
Errors: 42703 unknown member, 22023 data that is no array of objects or two members that give a column different values, 23503 a related row that does not exist, 42P10 conflict_key is no unique key, 21000 update meets a row twice, 22004 NULL data or owner, 22P02 no JSON. Errors of values say where: "[17].author".
Example: SELECT corm.bulk_create(''Post'', ''[{"title": "A", "author": 1}, {"title": "B", "author": {"email": "x@y.z"}}]'');';

CREATE FUNCTION corm.bulk_create(q corm.queryset, data pg_catalog.text, on_conflict pg_catalog.text DEFAULT 'error', conflict_key pg_catalog.text[] DEFAULT NULL, update_columns pg_catalog.text[] DEFAULT NULL, OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1000
	AS 'MODULE_PATHNAME', 'corm_bulk_create_text';
COMMENT ON FUNCTION corm.bulk_create(corm.queryset, pg_catalog.text, pg_catalog.text, pg_catalog.text[], pg_catalog.text[]) IS
'Inserts many rows by one statement and returns each as a JSON document, with what q loads, in the order of data.
q: a model name, or corm.relation(...): the rows are then linked to the owner too. data: text, as an untyped literal or parameter is: a JSON array of objects as corm.create() takes them, which need not have the same members: what a row lacks takes its default. A relation may also be an object of the columns of a unique key of its target; these are looked up by one statement for all rows.
on_conflict: error; ignore leaves a row that is there as it is; update overwrites it. conflict_key: the columns of the unique key that tells; without it the primary key, for ignore any unique key. update_columns: what to overwrite; without it all that a row gives but the key. A row that lacks one of these leaves it as it is, so for update each run of rows that give the same columns is a statement of its own.
A row that was not written, ignored or suppressed by a trigger, is NULL in its place. fields => ''{}'' asks for nothing back: no RETURNING clause, no rows.
Errors: 42703 unknown member, 22023 data that is no array of objects or two members that give a column different values, 23503 a related row that does not exist, 42P10 conflict_key is no unique key, 21000 update meets a row twice, 22004 NULL data or owner, 22P02 no JSON. Errors of values say where: "[17].author".
Example: SELECT corm.bulk_create(''Post'', ''[{"title": "A", "author": 1}, {"title": "B", "author": {"email": "x@y.z"}}]'');';

CREATE FUNCTION corm.bulk_row(place pg_catalog.int8)
	RETURNS pg_catalog.bool
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 1
	AS 'MODULE_PATHNAME', 'corm_bulk_row';
COMMENT ON FUNCTION corm.bulk_row(pg_catalog.int8) IS
'Part of the statement that corm.bulk_create() runs: notes which row is being written. Of no use elsewhere, where it returns false.
place: of the row. Example: SELECT corm.bulk_row(0);';

CREATE FUNCTION corm.bulk_update(q corm.queryset, rows pg_catalog.jsonb, columns pg_catalog.text[] DEFAULT NULL)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_bulk_update';
COMMENT ON FUNCTION corm.bulk_update(corm.queryset, pg_catalog.jsonb, pg_catalog.text[]) IS
'Updates many rows, each with values of its own, by one statement. Returns the number of rows that were there.
q: a model name. rows: an array of objects, each with the key of its row, by its columns or as "pk", and with columns and to-one relations as corm.bulk_create() takes them; what an object lacks stays as it is. columns: names of columns and relations to write, other members are then passed over.
Errors: 22023 an object without its key, 21000 a row that is named twice, 42703 unknown member, 23503 a related row that does not exist, 22004 NULL rows. Errors of values say where: "[17].author".
Example: SELECT corm.bulk_update(''Post'', ''[{"id": 1, "title": "A"}, {"id": 2, "title": "B", "author": 1}]'');';

CREATE FUNCTION corm.bulk_update(q corm.queryset, rows pg_catalog.json, columns pg_catalog.text[] DEFAULT NULL)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_bulk_update_text';
COMMENT ON FUNCTION corm.bulk_update(corm.queryset, pg_catalog.json, pg_catalog.text[]) IS
'Updates many rows, each with values of its own, by one statement. Returns the number of rows that were there.
q: a model name. rows: as jsonb, but read from its text, without making a jsonb of it: an array of objects, each with the key of its row, by its columns or as "pk", and with columns and to-one relations as corm.bulk_create() takes them; what an object lacks stays as it is. columns: names of columns and relations to write, other members are then passed over.
Errors: 22023 an object without its key, 21000 a row that is named twice, 42703 unknown member, 23503 a related row that does not exist, 22004 NULL rows, 22P02 no JSON. Errors of values say where: "[17].author".
Example: SELECT corm.bulk_update(''Post'', ''[{"id": 1, "title": "A"}, {"id": 2, "title": "B", "author": 1}]'');';

CREATE FUNCTION corm.bulk_update(q corm.queryset, rows pg_catalog.text, columns pg_catalog.text[] DEFAULT NULL)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_bulk_update_text';
COMMENT ON FUNCTION corm.bulk_update(corm.queryset, pg_catalog.text, pg_catalog.text[]) IS
'Updates many rows, each with values of its own, by one statement. Returns the number of rows that were there.
q: a model name. rows: text, as an untyped literal or parameter is: a JSON array of objects, each with the key of its row, by its columns or as "pk", and with columns and to-one relations as corm.bulk_create() takes them; what an object lacks stays as it is. columns: names of columns and relations to write, other members are then passed over.
Errors: 22023 an object without its key, 21000 a row that is named twice, 42703 unknown member, 23503 a related row that does not exist, 22004 NULL rows, 22P02 no JSON. Errors of values say where: "[17].author".
Example: SELECT corm.bulk_update(''Post'', ''[{"id": 1, "title": "A"}, {"id": 2, "title": "B", "author": 1}]'');';

CREATE FUNCTION corm.get_or_create(q corm.queryset, lookup pg_catalog.jsonb, defaults pg_catalog.jsonb DEFAULT NULL)
	RETURNS TABLE (object pg_catalog.json, created pg_catalog.bool)
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1
	AS 'MODULE_PATHNAME', 'corm_get_or_create';
COMMENT ON FUNCTION corm.get_or_create(corm.queryset, pg_catalog.jsonb, pg_catalog.jsonb) IS
'Returns the one row that matches lookup, or creates it. created says which.
q: a model name, or corm.relation(...): the row is looked for among the rows of that relation, and linked when it is created. lookup: a filter; its columns and to-one relations are given to a new row as well, members with a lookup (name__iexact) only find. defaults: an object as corm.create() takes it, for a new row alone; it wins over lookup.
Safe under concurrency: where lookup gives all columns of a unique key that key decides, elsewhere a transaction advisory lock on the model and the values that lookup gives.
Errors: 22023 an empty lookup, P0003 several rows match, 23505 a row with the same unique key is there and does not match, 40001 from REPEATABLE READ up; others as corm.create().
Example: SELECT * FROM corm.get_or_create(''Author'', ''{"email": "x@y.z"}'', ''{"name": "Xy"}'');';

CREATE FUNCTION corm.update_or_create(q corm.queryset, lookup pg_catalog.jsonb, defaults pg_catalog.jsonb DEFAULT NULL)
	RETURNS TABLE (object pg_catalog.json, created pg_catalog.bool)
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1
	AS 'MODULE_PATHNAME', 'corm_update_or_create';
COMMENT ON FUNCTION corm.update_or_create(corm.queryset, pg_catalog.jsonb, pg_catalog.jsonb) IS
'Sets defaults in the one row that matches lookup, or creates a row with both. created says which.
q, lookup: as in corm.get_or_create(). defaults: what to set; on a new row it wins over lookup. Through a relation with a through model it may hold link values too.
Safe under concurrency as corm.get_or_create() is; a row that is there is locked, looked for again and then updated.
Errors as corm.get_or_create(), and 42P16 for a model without a key.
Example: SELECT * FROM corm.update_or_create(''Author'', ''{"email": "x@y.z"}'', ''{"name": "Xy"}'');';

CREATE FUNCTION corm.connect_or_create(q corm.queryset, lookup pg_catalog.jsonb, defaults pg_catalog.jsonb DEFAULT NULL)
	RETURNS TABLE (object pg_catalog.json, created pg_catalog.bool)
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1
	AS 'MODULE_PATHNAME', 'corm_connect_or_create';
COMMENT ON FUNCTION corm.connect_or_create(corm.queryset, pg_catalog.jsonb, pg_catalog.jsonb) IS
'Links the one row that matches lookup to the owner of a relation, or creates it and links it. created says whether the row is new.
q: corm.relation(...); the row is looked for among all rows of the relation''s model, linked or not. lookup, defaults: as in corm.get_or_create(); defaults may hold link values under the through model''s name. What is linked already stays linked, as in corm.add().
Safe under concurrency as corm.get_or_create() is.
Errors as corm.get_or_create() and corm.add(), and 22023 for a queryset that is no relation.
Example: SELECT * FROM corm.connect_or_create(corm.relation(''Post'', 1, ''categories''), ''{"name": "New"}'');';
