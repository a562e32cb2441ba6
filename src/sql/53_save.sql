-- Writing trees of rows.

CREATE FUNCTION corm.save(q corm.queryset, tree pg_catalog.jsonb, OUT object pg_catalog.json)
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_save';
COMMENT ON FUNCTION corm.save(corm.queryset, pg_catalog.jsonb) IS
'Writes a row with rows related to it, at any depth and in both directions, all or nothing, and returns the saved graph as a JSON document. The number of statements grows with the levels of the tree, not with its rows.
q: a model name, or corm.relation(...): the rows are then linked to its owner. tree: an object, or an array of objects, which gives an array. Members are columns, "pk", relations and, through a through model, link values under its name. An object with a key updates that row, one without creates one; a key that no row has creates one if nothing else makes keys (no default, no identity). column__expect says what a row must still have.
A relation to several rows takes an array: objects are rows, anything else the key of a row to link; rows that are not named stay. A relation to one row takes an object, a key, or null. Below the roots an object with a key changes only a row that is related already.
Instead of that a relation takes an object of verbs: create, connect, connect_or_create and upsert ({"lookup": {..}, "defaults": {..}}, where the lookup is a unique key), update, disconnect, delete, set.
What comes back is read after the writes, with what q loads and every relation that the tree has rows for. NULL for a row that a trigger suppressed. fields => ''{}'' asks for nothing back, and the result is {}.
Errors: 42703 unknown member, 22023 a tree that does not fit or members that differ, P0002 a key that no row has or a row that is not related, 23503 a row to link that does not exist, 23502 a row that cannot be taken off, 40001 a value that is not as expected, 42501 a key that is not permitted, 42P16 a model without a key, 22004 NULL tree or owner. They say where: "[17].posts[2].created".
Example: SELECT corm.save(''Author'', ''{"name": "Ann", "posts": [{"title": "A", "categories": [1, {"name": "New"}]}]}'');';
