-- Writing.
--
-- All of these write with the caller's rights, as plain SQL would; each call is
-- atomic.

CREATE FUNCTION corm.create(q corm.queryset, data pg_catalog.jsonb, OUT object pg_catalog.json)
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_create';
COMMENT ON FUNCTION corm.create(corm.queryset, pg_catalog.jsonb) IS
'Inserts one row and returns it as a JSON document, with what q loads; NULL when a trigger suppressed the row.
q: a model name, or corm.relation(...): the row is then linked to the owner too. data: an object of columns and to-one relations; a relation takes a key, an object that holds the key, or null; through a relation with a through model the link''s extra columns stand under the through model''s name. What is absent takes its default.
fields => ''{}'' asks for nothing back: the statement has no RETURNING clause, and the result is {}.
Errors: 42703 unknown member, 22023 two members that give a column different values or an object without a key, 23503 a related row that does not exist, 22004 NULL data or owner.
Example: SELECT corm.create(''Post'', ''{"title": "Hello", "author": 1}'');';

CREATE FUNCTION corm.add(q corm.queryset, target pg_catalog.text, through pg_catalog.jsonb DEFAULT NULL)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_add';
COMMENT ON FUNCTION corm.add(corm.queryset, pg_catalog.text, pg_catalog.jsonb) IS
'Links targets to the owner of a relation. Returns the number of links or rows that changed.
q: corm.relation(...) without filter, order or limit. target: a key, one text however it looks. through: values of the link''s extra columns, for a relation with a through model; a target object may carry its own under the through model''s name.
A pair that is linked already stays as it is, but for link values that are given. Through the reverse of a foreign key the target moves to this owner; on a to-one relation it replaces what is there.
Errors: 23503 when the owner or a target does not exist (nothing is written), 42804 a row of another table, 22023 a queryset that is no plain relation, 22004 a NULL owner or target.
Example: SELECT corm.add(corm.relation(''Post'', 1, ''categories''), ''2'');';

CREATE FUNCTION corm.add(q corm.queryset, target pg_catalog.anynonarray, through pg_catalog.jsonb DEFAULT NULL)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_add';
COMMENT ON FUNCTION corm.add(corm.queryset, pg_catalog.anynonarray, pg_catalog.jsonb) IS
'Links targets to the owner of a relation. Returns the number of links or rows that changed.
q: corm.relation(...) without filter, order or limit. target: a key of any type, a row of the targets table, a JSON object that holds the key, a JSON array of these, or a queryset of the target''s model, whose rows are meant. through: values of the link''s extra columns, for a relation with a through model; a target object may carry its own under the through model''s name.
A pair that is linked already stays as it is, but for link values that are given. Through the reverse of a foreign key the target moves to this owner; on a to-one relation it replaces what is there.
Errors: 23503 when the owner or a target does not exist (nothing is written), 42804 a row of another table, 22023 a queryset that is no plain relation, 22004 a NULL owner or target.
Example: SELECT corm.add(corm.relation(''Post'', 1, ''categories''), 2);';

CREATE FUNCTION corm.add(q corm.queryset, target pg_catalog.anyarray, through pg_catalog.jsonb DEFAULT NULL)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_add';
COMMENT ON FUNCTION corm.add(corm.queryset, pg_catalog.anyarray, pg_catalog.jsonb) IS
'Links targets to the owner of a relation. Returns the number of links or rows that changed.
q: corm.relation(...) without filter, order or limit. target: an array of keys or rows. through: values of the link''s extra columns, for a relation with a through model; a target object may carry its own under the through model''s name.
A pair that is linked already stays as it is, but for link values that are given. Through the reverse of a foreign key the target moves to this owner; on a to-one relation it replaces what is there.
Errors: 23503 when the owner or a target does not exist (nothing is written), 42804 a row of another table, 22023 a queryset that is no plain relation, 22004 a NULL owner or target.
Example: SELECT corm.add(corm.relation(''Post'', 1, ''categories''), ARRAY[1, 2]);';

CREATE FUNCTION corm.remove(q corm.queryset, target pg_catalog.text, delete_children pg_catalog.bool DEFAULT false)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_remove';
COMMENT ON FUNCTION corm.remove(corm.queryset, pg_catalog.text, pg_catalog.bool) IS
'Takes targets off the owner of a relation. Returns the number of links or rows that went; a target that is not linked, or not there, is none.
q: corm.relation(...), a filter on it leaves what does not match. target: a key, one text however it looks. delete_children: delete the rows instead of setting their foreign key to NULL (only for the reverse of a foreign key).
A link row is deleted, its target stays. Of a foreign key the columns that may be NULL and are no part of the row''s own key are set to NULL.
Errors: 23502 when the foreign key cannot be NULL (nothing changes), 42804 a row of another table, 22023 a queryset that is no relation, 22004 a NULL owner or target.
Example: SELECT corm.remove(corm.relation(''Post'', 1, ''categories''), ''2'');';

CREATE FUNCTION corm.remove(q corm.queryset, target pg_catalog.anynonarray, delete_children pg_catalog.bool DEFAULT false)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_remove';
COMMENT ON FUNCTION corm.remove(corm.queryset, pg_catalog.anynonarray, pg_catalog.bool) IS
'Takes targets off the owner of a relation. Returns the number of links or rows that went; a target that is not linked, or not there, is none.
q: corm.relation(...), a filter on it leaves what does not match. target: a key of any type, a row of the targets table, a JSON object that holds the key, a JSON array of these, or a queryset of the target''s model, whose rows are meant. delete_children: delete the rows instead of setting their foreign key to NULL (only for the reverse of a foreign key).
A link row is deleted, its target stays. Of a foreign key the columns that may be NULL and are no part of the row''s own key are set to NULL.
Errors: 23502 when the foreign key cannot be NULL (nothing changes), 42804 a row of another table, 22023 a queryset that is no relation, 22004 a NULL owner or target.
Example: SELECT corm.remove(corm.relation(''Post'', 1, ''categories''), 2);';

CREATE FUNCTION corm.remove(q corm.queryset, target pg_catalog.anyarray, delete_children pg_catalog.bool DEFAULT false)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_remove';
COMMENT ON FUNCTION corm.remove(corm.queryset, pg_catalog.anyarray, pg_catalog.bool) IS
'Takes targets off the owner of a relation. Returns the number of links or rows that went; a target that is not linked, or not there, is none.
q: corm.relation(...), a filter on it leaves what does not match. target: an array of keys or rows. delete_children: delete the rows instead of setting their foreign key to NULL (only for the reverse of a foreign key).
A link row is deleted, its target stays. Of a foreign key the columns that may be NULL and are no part of the row''s own key are set to NULL.
Errors: 23502 when the foreign key cannot be NULL (nothing changes), 42804 a row of another table, 22023 a queryset that is no relation, 22004 a NULL owner or target.
Example: SELECT corm.remove(corm.relation(''Post'', 1, ''categories''), ARRAY[1, 2]);';

CREATE FUNCTION corm.set(q corm.queryset, targets pg_catalog.text, through pg_catalog.jsonb DEFAULT NULL, delete_children pg_catalog.bool DEFAULT false)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_set';
COMMENT ON FUNCTION corm.set(corm.queryset, pg_catalog.text, pg_catalog.jsonb, pg_catalog.bool) IS
'Makes targets the whole content of a relation. Returns the number of links or rows that were added, went or changed.
q: corm.relation(...) without filter, order or limit. targets: a key, one text however it looks. through: as in corm.add(). delete_children: as in corm.remove().
Links that stay are not touched, but for link values that are given. On a to-one relation NULL takes off what is there.
Errors as corm.add() and corm.remove().
Example: SELECT corm.set(corm.relation(''Post'', 1, ''categories''), ''2'');';

CREATE FUNCTION corm.set(q corm.queryset, targets pg_catalog.anynonarray, through pg_catalog.jsonb DEFAULT NULL, delete_children pg_catalog.bool DEFAULT false)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_set';
COMMENT ON FUNCTION corm.set(corm.queryset, pg_catalog.anynonarray, pg_catalog.jsonb, pg_catalog.bool) IS
'Makes targets the whole content of a relation. Returns the number of links or rows that were added, went or changed.
q: corm.relation(...) without filter, order or limit. targets: a key of any type, a row of the targets table, a JSON object that holds the key, a JSON array of these, or a queryset of the target''s model, whose rows are meant. through: as in corm.add(). delete_children: as in corm.remove().
Links that stay are not touched, but for link values that are given. On a to-one relation NULL takes off what is there.
Errors as corm.add() and corm.remove().
Example: SELECT corm.set(corm.relation(''Post'', 1, ''categories''), 2);';

CREATE FUNCTION corm.set(q corm.queryset, targets pg_catalog.anyarray, through pg_catalog.jsonb DEFAULT NULL, delete_children pg_catalog.bool DEFAULT false)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_set';
COMMENT ON FUNCTION corm.set(corm.queryset, pg_catalog.anyarray, pg_catalog.jsonb, pg_catalog.bool) IS
'Makes targets the whole content of a relation. Returns the number of links or rows that were added, went or changed.
q: corm.relation(...) without filter, order or limit. targets: an array of keys or rows. through: as in corm.add(). delete_children: as in corm.remove().
Links that stay are not touched, but for link values that are given. On a to-one relation NULL takes off what is there.
Errors as corm.add() and corm.remove().
Example: SELECT corm.set(corm.relation(''Post'', 1, ''categories''), ARRAY[1, 2]);';

CREATE FUNCTION corm.clear(q corm.queryset, delete_children pg_catalog.bool DEFAULT false)
	RETURNS pg_catalog.int8
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_clear';
COMMENT ON FUNCTION corm.clear(corm.queryset, pg_catalog.bool) IS
'Takes everything off the owner of a relation. Returns the number of links or rows that went.
q: corm.relation(...); with a filter, what does not match stays. delete_children: as in corm.remove().
Errors: 23502 when the foreign key cannot be NULL (nothing changes), 22023 a queryset that is no relation, 22004 a NULL owner.
Example: SELECT corm.clear(corm.relation(''Post'', 1, ''categories''));';

CREATE FUNCTION corm.toggle(q corm.queryset, target pg_catalog.text)
	RETURNS pg_catalog.bool
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_toggle';
COMMENT ON FUNCTION corm.toggle(corm.queryset, pg_catalog.text) IS
'Links a target that is not linked to the owner of a relation, and takes off one that is. Returns whether it is linked now.
q: corm.relation(...) without filter, order or limit. target: a key, one text however it looks.
Linking and taking off are those of corm.add() and corm.remove(); toggles of one pair by several sessions go one after the other.
Errors: 23503 when the owner or the target does not exist, 23502 when the foreign key cannot be NULL, 22023 none or several targets, or a queryset that is no plain relation, 42804 a row of another table, 22004 a NULL owner or target.
Example: SELECT corm.toggle(corm.relation(''Post'', 1, ''categories''), ''2'');';

CREATE FUNCTION corm.toggle(q corm.queryset, target pg_catalog.anynonarray)
	RETURNS pg_catalog.bool
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_toggle';
COMMENT ON FUNCTION corm.toggle(corm.queryset, pg_catalog.anynonarray) IS
'Links a target that is not linked to the owner of a relation, and takes off one that is. Returns whether it is linked now.
q: corm.relation(...) without filter, order or limit. target: a key of any type, a row of the target''s table, a JSON object that holds the key, or a queryset of the target''s model that has one row; it may carry the link''s extra columns under the through model''s name, for a link that comes.
Linking and taking off are those of corm.add() and corm.remove(); toggles of one pair by several sessions go one after the other.
Errors: 23503 when the owner or the target does not exist, 23502 when the foreign key cannot be NULL, 22023 none or several targets, or a queryset that is no plain relation, 42804 a row of another table, 22004 a NULL owner or target.
Example: SELECT corm.toggle(corm.relation(''Post'', 1, ''categories''), 2);';

CREATE FUNCTION corm.toggle(q corm.queryset, target pg_catalog.anyarray)
	RETURNS pg_catalog.bool
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_toggle';
COMMENT ON FUNCTION corm.toggle(corm.queryset, pg_catalog.anyarray) IS
'Links a target that is not linked to the owner of a relation, and takes off one that is. Returns whether it is linked now.
q: corm.relation(...) without filter, order or limit. target: an array of one key or row.
Linking and taking off are those of corm.add() and corm.remove(); toggles of one pair by several sessions go one after the other.
Errors: 23503 when the owner or the target does not exist, 23502 when the foreign key cannot be NULL, 22023 none or several targets, or a queryset that is no plain relation, 42804 a row of another table, 22004 a NULL owner or target.
Example: SELECT corm.toggle(corm.relation(''Post'', 1, ''categories''), ARRAY[2]);';
