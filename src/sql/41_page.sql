-- Pages.

CREATE FUNCTION corm.page(
	q corm.queryset, after pg_catalog.text DEFAULT NULL, before pg_catalog.text DEFAULT NULL,
	page_size pg_catalog.int4 DEFAULT 20, total pg_catalog.bool DEFAULT false, OUT object pg_catalog.json)
	LANGUAGE c STABLE PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'corm_page';
COMMENT ON FUNCTION corm.page(corm.queryset, pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.bool) IS
'One page of a queryset, in its order, the primary key deciding between equals. Pages begin at rows, not at numbers: rows that come and go between two calls neither repeat others nor hide them.
q: a queryset, or a model name; its limit caps page_size, its offset says where the first page begins.
after: a cursor, to get the rows behind it; before: a cursor, to get those just ahead of it; both: those between, from the first on; neither: the first page.
page_size: rows at most. total: also count the rows of q, without its limit and offset.
Returns {"items": [documents as corm.all() returns them], "has_next": are there rows behind these, "has_previous": ahead of them, "start": cursor of the first item or null, "end": cursor of the last one [, "total": the count]}.
A cursor is opaque, but not secret: it holds the values by which q is ordered, so order by nothing that its reader must not see. It fits the same model, relation, annotations and order_by only; filters may change.
Errors: 22023 for a cursor that is damaged or belongs to another order, for page_size below 1, and for a queryset with distinct; 22004 when page_size is NULL; 42P16 for a model without a primary key; else as corm.all().
Example: SELECT corm.page(corm.order_by(''Post'', ''-created''), page_size => 10); the next page: SELECT corm.page(corm.order_by(''Post'', ''-created''), after => ''<end of the page before>'', page_size => 10);';
