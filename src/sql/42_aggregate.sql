-- Aggregating and grouping.
--
-- What is said of rights, snapshots and PARALLEL UNSAFE in 40_read.sql holds
-- here too.

CREATE FUNCTION corm.aggregate(q corm.queryset, aggregates pg_catalog.jsonb, OUT object pg_catalog.json)
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_aggregate';
COMMENT ON FUNCTION corm.aggregate(corm.queryset, pg_catalog.jsonb) IS
'Aggregates over the rows of a queryset, its limit and offset included, as one JSON object.
aggregates: an object of names and specs. A spec is a path that ends in count, sum, avg, min, max or exists ("price__sum", "comments__count"; "count" alone counts the rows), or an object: {"sum": "price", "filter": {..}, "distinct": true}, {"count": "*"}.
A path over one row (a column, author__age) takes one value of each row; a path over several related rows takes all of them, which several aggregates never multiply. filter selects rows where the path ends. count of nothing is 0, exists of nothing false, anything else null.
A NULL queryset gives NULL.
Errors: 22023 for a spec without an aggregate, 42883 when the type has no such aggregate; else as corm.all().
Example: SELECT corm.aggregate(''Post'', ''{"n": "count", "views": "views__sum", "good": {"count": "comments", "filter": {"body": "good"}}}'');';

CREATE FUNCTION corm.sum(q corm.queryset, path pg_catalog.text)
	RETURNS pg_catalog.numeric
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_sum';
COMMENT ON FUNCTION corm.sum(corm.queryset, pg_catalog.text) IS
'The sum of a column, or of what a path leads to, over the rows of a queryset; NULL when there is nothing to add up.
path: a column, or a path as corm.aggregate() takes it.
Errors: 42804 when the sum is no plain number (an interval, say: see corm.aggregate()); else as corm.aggregate().
Example: SELECT corm.sum(''Post'', ''views'');';

CREATE FUNCTION corm.avg(q corm.queryset, path pg_catalog.text)
	RETURNS pg_catalog.numeric
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_avg';
COMMENT ON FUNCTION corm.avg(corm.queryset, pg_catalog.text) IS
'The average of a column, or of what a path leads to, over the rows of a queryset; NULL when there is nothing. Of several related rows it is that of all of them, not of the averages.
path: a column, or a path as corm.aggregate() takes it.
Errors: 42804 when the average is no plain number; else as corm.aggregate().
Example: SELECT corm.avg(''Author'', ''posts__views'');';

CREATE FUNCTION corm.min(q corm.queryset, path pg_catalog.text)
	RETURNS pg_catalog.json
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_min';
COMMENT ON FUNCTION corm.min(corm.queryset, pg_catalog.text) IS
'The smallest value of a column, or of what a path leads to, over the rows of a queryset, as to_json() writes it; SQL NULL when there is none.
path: a column of any type that has an order, or a path as corm.aggregate() takes it.
Errors as corm.aggregate().
Example: SELECT corm.min(''Post'', ''published'');';

CREATE FUNCTION corm.max(q corm.queryset, path pg_catalog.text)
	RETURNS pg_catalog.json
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_max';
COMMENT ON FUNCTION corm.max(corm.queryset, pg_catalog.text) IS
'The greatest value of a column, or of what a path leads to: see corm.min().
Example: SELECT corm.max(''Post'', ''comments__created'');';

CREATE FUNCTION corm.group_by(
	q corm.queryset, by pg_catalog.jsonb, aggregates pg_catalog.jsonb,
	"having" pg_catalog.jsonb DEFAULT NULL, order_by pg_catalog.text[] DEFAULT NULL,
	limit_count pg_catalog.int8 DEFAULT NULL, OUT object pg_catalog.json)
	RETURNS SETOF pg_catalog.json
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 100
	AS 'MODULE_PATHNAME', 'corm_group_by';
COMMENT ON FUNCTION corm.group_by(corm.queryset, pg_catalog.jsonb, pg_catalog.jsonb, pg_catalog.jsonb, pg_catalog.text[], pg_catalog.int8) IS
'The rows of a queryset in groups: one JSON object per group, of its keys and its aggregates.
by: a path, a list of paths, or an object of names and paths ("status", "created__trunc_month", {"writer": "author__name"}); none ([] or {}) makes one group of all rows. A key that leads to several related rows ("categories__name") puts a row into the group of each, once, and a row without any into the group of null. A relation as key is its pk.
aggregates: as for corm.aggregate(), over the rows of the group; {} for none.
having (a reserved word: "having" => ..., in double quotes): a filter on the names of keys and aggregates, with lookups. order_by: such names, "-name" descending, "name nulls last"; the keys, ascending, decide between equals. limit_count: the first so many groups; the queryset''s own limit cuts the rows that are grouped.
Errors: 42703 for an unknown name in having or order_by, 42883 for a key whose type has no order, 22023 for one name given twice or a negative limit_count, 42P16 when rows without a primary key would stand in several groups; else as corm.aggregate().
Example: SELECT corm.group_by(''Post'', ''["author"]'', ''{"n": "count", "views": "views__sum"}'', "having" => ''{"n__gte": 2}'', order_by => ''{-n}'', limit_count => 10);';
