-- Allow-lists on rows: what an end user may ask of a queryset, and what comes of it.
CREATE SCHEMA corm_allow_rows;
SET search_path = corm_allow_rows;
\pset format unaligned
\pset tuples_only on
-- Shows the result of a statement, or its error as "SQLSTATE message", detail
-- and hint.
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text; state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, '(null)');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN state || ' ' || message
		|| CASE WHEN detail <> '' THEN E'\n  ' || detail ELSE '' END
		|| CASE WHEN hint <> '' THEN E'\n  ' || hint ELSE '' END;
END
$$;
CREATE TABLE authors (id int PRIMARY KEY, name text, secret text, boss_id int REFERENCES authors);
CREATE TABLE posts (id int PRIMARY KEY, title text, secret text, views int, tags text[], data jsonb, author_id int REFERENCES authors);
CREATE TABLE comments (id int PRIMARY KEY, body text, secret text, post_id int REFERENCES posts);
INSERT INTO authors VALUES (1, 'Ann', 's1', NULL), (2, 'Bob', 's2', 1), (3, 'Cid', 's1', 2);
INSERT INTO posts VALUES (1, 'SQL', 's1', 10, '{a,b}', '{"k": 1, "secret": 7}', 1), (2, 'JSON', 's2', 20, '{b}', '{"k": 2, "secret": 7}', 1), (3, 'C', 's1', NULL, '{}', NULL, 2), (4, 'SQL/JSON', 's3', 5, NULL, '{"k": 1}', NULL);
INSERT INTO comments VALUES (1, 'good', 's1', 1), (2, 'bad', 's2', 1), (3, 'good', 's1', 2), (4, 'ugly', 's1', 3), (5, 'good', 's9', 1);
SELECT corm.register_model('authors', 'Author'), corm.register_model('posts', 'Post'), corm.register_model('comments', 'Comment');
SELECT corm.foreign_key('Author', 'boss', 'Author', related_name => 'staff'), corm.foreign_key('Post', 'author', 'Author', related_name => 'posts'), corm.foreign_key('Comment', 'post', 'Post', related_name => 'comments');
SELECT corm.create_model('Category', '{"name": "text", "secret": "text"}', 'categories');
SELECT corm.create_model('PostCategory', '{"post": {"foreign_key": "Post", "nullable": false, "related_name": "links"}, "category": {"foreign_key": "Category", "nullable": false, "related_name": "links"}, "note": "text", "secret": "text"}', 'post_categories');
ALTER TABLE post_categories ADD UNIQUE (post_id, category_id);
SELECT corm.many_to_many('Post', 'categories', 'Category', through => 'PostCategory', related_name => 'posts');
INSERT INTO categories (name, secret) VALUES ('News', 's1'), ('Tech', 's2');
INSERT INTO post_categories (post_id, category_id, note, secret) VALUES (1, 1, 'n', 's1'), (1, 2, 'm', 's2'), (2, 2, 'o', 's1');
-- What words get of posts under a list: the keys of the rows, or how they are
-- refused; said at once, and by the filter of a verb or by modifiers, it is the same.
CREATE FUNCTION ask(list jsonb, words jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	one text; two text;
	keys text := 'SELECT coalesce(string_agg(object ->> ''id'', '',''), ''none'') FROM corm.all(';
BEGIN
	one := try(keys || format('%L::corm.queryset)', jsonb_build_object('base', '{"model": "Post"}'::jsonb, 'allow', list) || words));
	IF words ? 'filter' AND words - 'filter' = '{}' THEN
		two := try(keys || format('corm.allow(''Post'', %L), %L)', list, words -> 'filter'));
		IF left(one, 5) <> left(two, 5) THEN RETURN 'WRONG ' || two || ', not ' || one; END IF;
	END IF;
	RETURN split_part(one, E'\n', 1);
END
$$;

--
-- Filters
--
\set list '{"filter": {"id": ["exact", "in", "gt"], "title": ["icontains", "regex", "search"], "views": ["gte", "gt__F", "range"], "tags": ["op(@>)", "contains"], "data__k": ["exact"], "author": ["exact", "isnull"], "author__name": ["exact", "in"], "posts": ["some"], "comments": ["some", "none", "every"], "comments__body": ["exact", "F"], "comments__id": ["exact"], "comments__count": ["gte", "exact"], "comments__id__max": ["gt"], "author__posts": ["some"], "author__posts__title": ["exact"], "categories__PostCategory__note": ["exact"], "author__boss__ancestors": ["exact"], "pk": ["exact"]}}'
SELECT f, ask(:'list', jsonb_build_object('filter', f)) FROM unnest(ARRAY[
	'{"id": 1}', '{"id__in": [1, 2, 9]}', '{"title__icontains": "sql"}', '{"title__regex": "^S"}', '{"title__search": "sql"}', '{"views__gte": 10}', '{"views__range": [5, 10]}', '{"views__gt__F": "id"}', '{"tags__op(@>)": ["b"]}', '{"tags__contains": ["a"]}', '{"data__k": 1}', '{"author": 1}', '{"author": {"id": 1, "secret": "any"}}', '{"author__isnull": true}', '{"author__name": "Ann"}',
	'{"author__name__in": ["Bob"]}', '{"OR": [{"id": 3}, {"NOT": {"views__gte": 10}}]}', '[{"id__gt": 1}, {"AND": [{"author": 1}]}]', '{"comments__some": {"body": "good"}}', '{"comments__none": {}}', '{"comments__every": [{"body": "good"}]}', '{"comments__body": "bad"}', '{"comments__body": "good", "comments__id": 5}', '{"comments__count__gte": 2}', '{"comments__count": 1}', '{"comments__count": {"gte": 2, "filter": {"body": "good"}}}', '{"comments__count": {"exact": 1, "filter": {"body": "good"}, "distinct": true}}', '{"comments__id__max__gt": 4}',
	'{"author__posts__some": {"title": "JSON"}}', '{"author__posts__title": "JSON"}', '{"categories__PostCategory__note": "m"}', '{"author__boss__ancestors": 1}', '{"pk": 2}', '{}', '{"comments__some": {"body__F": "body"}}']::jsonb[]) f;
SELECT f, ask(:'list', jsonb_build_object('filter', f)) FROM unnest(ARRAY[
	'{"secret": "s1"}', '{"secret__startswith": "s"}', '{"id__lt": 3}', '{"id__ne": 1}', '{"title": "SQL"}', '{"title__exact": "SQL"}', '{"title__iregex": "s"}', '{"title__op(~)": "s"}', '{"tags__op(&&)": ["b"]}', '{"views__F": "id"}', '{"views__gt__F": "secret"}', '{"views__gt__F": "author__id"}', '{"data": {}}', '{"data__secret": 7}', '{"data__k__gt": 0}', '{"data__k__x": 1}', '{"data__\"k\"": 1}', '{"\"secret\"": 1}', '{"\"id\"": 1}', '{"author_id": 1}', '{"author__pk": 1}', '{"author__id": 1}', '{"author__secret": "s1"}', '{"author__name__icontains": "a"}', '{"author__boss__name": "Ann"}',
	'{"OR": [{"id": 1}, {"secret": "s1"}]}', '{"NOT": {"secret": "s1"}}', '[{"id": 1}, {"AND": [{"OR": [{"NOT": [{"secret": 1}]}]}]}]', '{"comments__some": {"secret": "s1"}}', '{"comments__every": {"OR": [{"secret": "s1"}]}}', '{"comments__some": {"post__secret": "s1"}}', '{"comments__some": {"body__startswith": "g"}}', '{"comments__secret": "s1"}', '{"comments__isnull": true}', '{"comments": 1}', '{"comments__exists": true}', '{"comments__count__lt": 2}', '{"comments__count": {"lt": 2}}', '{"comments__count": {"gte": 1, "filter": {"secret": "s1"}}}', '{"comments__count": {"gte": 1, "filter": {"NOT": {"secret": "s1"}}}}', '{"comments__count": {"gte__F": "secret"}}', '{"comments__id__max": {"gt": 1, "filter": {"secret": "s1"}}}', '{"comments__secret__max": "s1"}',
	'{"categories__name": "News"}', '{"categories__PostCategory__secret": "s1"}', '{"author__boss__ancestors__secret": "s1"}', '{"author__boss": 1}', '{"author__posts__some": {"secret": "s1"}}', '{"author__posts__some": {"author__posts__some": {"title": "C"}}}', '{"comments__some": {"body__F": "secret"}}', '{"comments__some": {"body__F": "post__title"}}', '{"base": {"model": "Author"}}', '{"allow": {"filter": {"secret": ["exact"]}}}', '{"AND": [{"secret": 1}], "OR": []}', '{"nosuch": 1}']::jsonb[]) f;
SELECT f, ask(:'list', jsonb_build_object('exclude', f)) FROM unnest('{"{\"id\": 1}","{\"secret\": \"s1\"}","{\"NOT\": {\"secret\": \"s1\"}}"}'::jsonb[]) f;
-- every verb with a filter minds the list
SELECT try(format('SELECT corm.%s(corm.allow(''Post'', %L), %L)', v, :'list', f)) FROM unnest('{count,exists,list,all,get,get_or_none,first,last}'::text[]) v, unnest('{"{\"id\": 1}","{\"secret\": \"s1\"}"}'::text[]) f WHERE v <> 'get' OR f LIKE '%secret%';
SELECT try(format('SELECT corm.rows(NULL::posts, corm.filter(corm.allow(''Post'', %L), %L))', :'list', f)) FROM unnest('{"{\"id\": 3}","{\"secret\": \"s1\"}"}'::text[]) f;
SELECT try($$SELECT corm.rows(NULL::posts, corm.allow('Post', '{"fields": ["id"]}'))$$), try($$SELECT string_agg(v::text, ' ') FROM corm.values(corm.allow('Post', '{"fields": ["id"]}'), 'id') v$$), try($$SELECT corm.values(corm.allow('Post', '{"fields": ["id"]}'), 'secret')$$), try($$SELECT corm.pluck(corm.allow('Post', '{"fields": ["id"]}'), 'author__secret')$$), try($$SELECT corm.values_list(corm.allow('Post', '{"fields": ["id"]}'), 'id', 'author__secret')$$);
SELECT try(format('SELECT corm.sql(corm.filter(corm.allow(''Post'', %L), %L))', :'list', '{"secret": 1}'));

--
-- The filter of an aggregate is about the rows that the list was asked about
--
ALTER TABLE posts ADD created date;
UPDATE posts SET created = make_date(2000 + id, 1, 1);
ALTER TABLE posts ADD year int;
\set list '{"filter": {"posts__created__year": ["exact"], "posts__created__count": ["gte"], "posts__created__year__max": ["gt"], "posts__created__max": ["gt"], "posts__count": ["gte", "exact"], "posts__title": ["exact"], "posts__id__count": ["gte"], "posts__id__title": ["exact"], "posts__comments__count": ["gte"], "posts__comments__body": ["exact"], "staff__descendants__count": ["gte"], "staff__descendants__name": ["exact"], "\\"posts\\"__count": ["gte"], "\\"posts\\"__title": ["exact"]}, "annotate": ["posts__count", "posts__created__count", "posts__id__max", "posts__created__year__max"]}'
SELECT f, try(format('SELECT string_agg(object ->> ''id'', '','') FROM corm.all(corm.filter(corm.allow(''Author'', %L), %L))', :'list', f)) FROM unnest(ARRAY[
	'{"posts__count": {"gte": 1, "filter": {"title": "SQL"}}}', '{"posts__created__max": {"gt": "2000-01-01", "filter": {"title": "C"}}}', '{"posts__comments__count": {"gte": 1, "filter": {"body": "good"}}}', '{"staff__descendants__count": {"gte": 1, "filter": {"name": "Cid"}}}', '{"\"posts\"__count": {"gte": 1, "filter": {"title": "SQL"}}}', '{"posts__created__count": {"gte": 1}}', '{"posts__created__year__max": {"gt": 1}}',
	'{"posts__created__count": {"gte": 1, "filter": {"year": 2003}}}', '{"posts__id__count": {"gte": 1, "filter": {"title": "SQL"}}}', '{"posts__created__year__max": {"gt": 1, "filter": {"year": 1}}}', '{"posts__count": {"gte": 0, "filter": {"id__count": {"gte": 1, "filter": {"title": 1}}}}}', '{"NOT": {"OR": [{"posts__created__count": {"gte": 1, "filter": {"year": 2003}}}]}}']::jsonb[]) f;
-- without a list it is about the rows as ever
SELECT string_agg(object ->> 'id', ',') FROM corm.all(corm.order_by('Author', 'id'), '{"posts__created__count": {"gte": 1, "filter": {"title": "C"}}}');
SELECT a, try(format('SELECT json_agg(object -> ''n'') FROM corm.all(corm.annotate(corm.order_by(corm.allow(corm.order_by(''Author'', ''id''), %L), VARIADIC ''{}''), %L))', :'list', a)) FROM unnest(ARRAY['{"n": {"count": "posts", "filter": {"title": "SQL"}}}', '{"n": {"max": "posts__id", "filter": {"title": "SQL"}}}', '{"n": {"count": "posts__created", "filter": {"year": 2003}}}', '{"n": {"max": "posts__created__year", "filter": {"year": 2003}}}']::jsonb[]) a;
-- also of all rows together, in what is loaded and behind a relation
SELECT a, try(format('SELECT corm.aggregate(corm.allow(''Post'', %L), %L)', '{"annotate": ["count", "id__max", "title__count"], "filter": {"title": ["exact"], "title__secret": ["exact"]}}', a)) FROM unnest(ARRAY['{"n": {"count": "*", "filter": {"title": "SQL"}}}', '{"n": {"max": "id", "filter": {"title": "SQL"}}}', '{"n": {"count": "title", "filter": {"secret": "s1"}}}']::jsonb[]) a;
SELECT try(format('SELECT corm.list(corm.prefetch_related(corm.allow(''Author'', %L), %L::jsonb))', '{"prefetch_related": ["staff"], "filter": {"staff__posts__created__year": ["exact"], "staff__posts__created__count": ["gte"]}}', '{"staff": {"filter": {"posts__created__count": {"gte": 1, "filter": {"year": 2003}}}}}'));
ALTER TABLE posts DROP created, DROP year;

--
-- Orders, distinct, annotations: what is listed, spelled as listed
--
\set list '{"order_by": ["id", "views", "author__name", "comments__count", "n"], "distinct": ["author", "title"], "annotate": ["comments__count", "author__name", "comments__id__max", "views"], "filter": {"comments__body": ["exact"], "n": ["gte"], "m": ["exact"]}}'
SELECT w, ask(:'list', w) FROM unnest(ARRAY[
	'{"order_by": ["-id"]}', '{"order_by": "-views nulls last"}', '{"order_by": ["author__name", "-id"]}', '{"order_by": "-comments__count"}', '{"distinct": ["author"]}', '{"distinct": ["author"], "order_by": "-id"}', '{"annotate": {"n": "comments__count"}, "order_by": "-n"}', '{"annotate": {"n": {"count": "comments", "filter": {"body": "good"}}}, "filter": {"n__gte": 1}}', '{"annotate": {"m": "author__name"}, "filter": {"m": "Ann"}}', '{"annotate": {"n": {"max": "comments__id"}}, "order_by": "n"}', '{"distinct": true}',
	'{"order_by": "secret"}', '{"order_by": ["-id", "-secret nulls first"]}', '{"order_by": "author__secret"}', '{"order_by": "author"}', '{"order_by": "comments__secret"}', '{"order_by": "\"id\""}', '{"order_by": "m", "annotate": {"m": "comments__count"}}', '{"distinct": ["secret"]}', '{"distinct": ["author__name"]}', '{"annotate": {"n": "secret"}}', '{"annotate": {"n": "author__secret"}}', '{"annotate": {"n": {"max": "comments__secret"}}}', '{"annotate": {"n": {"count": "comments", "filter": {"secret": "s1"}}}}', '{"annotate": {"n": {"exists": "comments"}}}',
	'{"annotate": {"n": "comments__count"}, "filter": {"n__lt": 1}}', '{"annotate": {"k": "comments__count"}, "filter": {"k": 1}}', '{"annotate": {"n": "author__boss__name"}}', '{"annotate": {"n": "author"}}']::jsonb[]) w;
SELECT corm.list(corm.annotate(corm.fields(corm.allow('Post', '{"fields": ["id"], "annotate": ["comments__count"]}'), 'id'), '{"n": "comments__count"}'))::jsonb = (SELECT jsonb_agg(jsonb_build_object('id', id, 'n', (SELECT count(*) FROM comments c WHERE post_id = p.id)) ORDER BY id) FROM posts p) AS annotated;

--
-- Fields and loads: what is printed, here and behind
--
\set list '{"fields": ["id", "title", "author__name", "comments__id", "comments__body", "categories__name", "author__posts__id"], "prefetch_related": ["author__posts", "comments", "categories", "author__boss"], "filter": {"id": ["exact"], "comments__body": ["exact"]}, "order_by": ["comments__id"], "annotate": ["comments__post__title"], "max_limit": 2}'
CREATE FUNCTION docs(list jsonb, words jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT split_part(try(format('SELECT corm.list(%L::corm.queryset)', jsonb_build_object('base', '{"model": "Post"}'::jsonb, 'allow', list) || words)), E'\n', 1)
$$;
SELECT w, docs(:'list', w || '{"filter": {"id": 1}}') FROM unnest(ARRAY[
	'{}', '{"fields": ["title"]}', '{"fields": []}', '{"exclude_fields": ["title"]}', '{"select_related": ["author"]}', '{"prefetch_related": ["comments"]}', '{"prefetch_related": "categories"}', '{"prefetch_related": "author__posts"}', '{"prefetch_related": {"comments": {"fields": ["body"], "order_by": "-id", "limit": 1, "more": true, "as": "c"}}}', '{"prefetch_related": {"comments": {"filter": {"body": "good"}}}}', '{"prefetch_related": {"comments": {"limit": 50, "offset": 1}}}', '{"prefetch_related": {"comments": {"annotate": {"t": "post__title"}, "fields": ["id"]}}}', '{"prefetch_related": {"author": {"prefetch_related": {"posts": {"limit": 1}}}}}', '{"fields": ["id"], "prefetch_related": [{"comments": {"as": "a", "limit": 1}}, {"comments": {"as": "b"}}]}',
	'{"fields": ["secret"]}', '{"fields": ["id", "author_id"]}', '{"fields": ["\"secret\""]}', '{"prefetch_related": "links"}', '{"select_related": "author__staff"}', '{"prefetch_related": "comments__post"}', '{"prefetch_related": {"comments": {"fields": ["secret"]}}}', '{"prefetch_related": {"comments": {"filter": {"secret": "s1"}}}}', '{"prefetch_related": {"comments": {"exclude": {"OR": [{"secret": "s1"}]}}}}', '{"prefetch_related": {"comments": {"order_by": "secret"}}}', '{"prefetch_related": {"comments": {"annotate": {"t": "post__secret"}}}}', '{"prefetch_related": {"comments": {"distinct": ["secret"]}}}', '{"prefetch_related": {"comments": {"prefetch_related": "post"}}}', '{"prefetch_related": {"author": {"fields": ["id"]}}}',
	'{"prefetch_related": {"author": {"prefetch_related": {"posts": {"fields": ["title"]}}}}}', '{"prefetch_related": {"categories": {"fields": ["PostCategory"]}}}', '{"prefetch_related": {"categories": {"fields": ["secret"]}}}', '{"prefetch_related": {"author": {"recursive": true}}}', '{"prefetch_related": {"comments": {"base": {}, "allow": {}}}}', '{"prefetch_related": {"comments": {"model": "Author"}}}', '{"prefetch_related": {"comments": {"max_limit": 100}}}']::jsonb[]) w;
-- link columns come when they are listed; a tree when it is marked
SELECT docs('{"fields": ["id", "categories__name", "categories__PostCategory"], "prefetch_related": ["categories"], "filter": {"id": ["exact"]}}', '{"filter": {"id": 2}, "prefetch_related": "categories"}');
SELECT corm.list(corm.prefetch_related(corm.allow('Author', '{"fields": ["id", "staff__name"], "prefetch_related": ["staff recursive"]}'), jsonb '{"staff": {"recursive": true}}')), try($$SELECT corm.list(corm.prefetch_related(corm.allow('Author', '{"prefetch_related": ["staff"]}'), jsonb '{"staff": {"recursive": true}}'))$$);

-- a list of fields bounds everything that is printed: of the rows ...
SELECT l, try(format('SELECT corm.list(corm.limit(corm.allow(''Author'', %L), 1))', l)) FROM unnest('{"{}","{\"fields\": null}","{\"fields\": []}","{\"fields\": [\"posts__id\"]}","{\"fields\": [\"id\", \"boss__id\"]}"}'::jsonb[]) l;
SELECT try($$SELECT corm.rows(NULL::authors, corm.allow('Author', '{"fields": []}'))$$), try($$SELECT corm.values(corm.allow('Author', '{"fields": []}'), 'id')$$), try($$SELECT corm.pluck(corm.allow('Author', '{"fields": ["posts__id"]}'), 'secret')$$), try($$SELECT corm.fields(corm.allow('Author', '{"fields": ["posts__id"]}'), 'secret')$$);
-- ... and of what is loaded with them, by every way there
SELECT l, try(format('SELECT corm.list(corm.prefetch_related(corm.limit(corm.allow(''Author'', %L), 1), %L::jsonb))', '{"prefetch_related": ["posts__comments", "posts__categories", "staff recursive"], "fields": ["id", "posts__comments__body", "posts__categories__name"]}', l)) FROM unnest(ARRAY[
	'"posts__comments"', '"posts"', '"posts__categories"', '{"posts": {"limit": 1, "prefetch_related": {"categories": {"as": "c"}}}}',
	'"staff"', '{"staff": {"recursive": true}}', '{"staff": {"fields": []}}', '["posts", "staff"]', '{"posts__categories": {"fields": ["PostCategory__note"]}}']::jsonb[]) l;
SELECT try($$SELECT corm.list(corm.select_related(corm.allow('Post', '{"prefetch_related": ["author__boss"], "fields": ["id", "author__boss__id"]}'), 'author__boss'))$$), try($$SELECT corm.list(corm.select_related(corm.allow('Post', '{"prefetch_related": ["author__boss"], "fields": ["id", "author__id"]}'), 'author__boss'))$$);
-- one column of a link, asked for
SELECT corm.list(corm.prefetch_related(corm.filter(corm.allow('Post', '{"prefetch_related": ["categories"], "fields": ["id", "categories__name", "categories__PostCategory__note"], "filter": {"id": ["exact"]}}'), '{"id": 2}'), jsonb '{"categories": {"fields": ["PostCategory__note"]}}'));
-- what the base loads stays as it was written unless the list says more of it
SELECT l, corm.list(corm.allow(corm.prefetch_related(corm.filter(corm.fields('Author', 'id'), '{"id": 1}'), '{"posts": {"fields": ["id", "secret"], "limit": 1}}'), l)) FROM unnest('{"{}","{\"fields\": [\"id\"]}","{\"fields\": [\"posts__id\"]}","{\"fields\": [\"id\", \"posts__comments__id\"]}"}'::jsonb[]) l;
SELECT try($$SELECT corm.prefetch_related(corm.allow(corm.prefetch_related('Author', 'posts'), '{"fields": ["id"], "prefetch_related": ["posts"]}'), 'posts')$$);
-- every list is minded
SELECT l, try(format('SELECT corm.list(corm.prefetch_related(corm.limit(corm.allow(corm.allow(''Author'', ''{"prefetch_related": ["posts"], "fields": ["id", "name", "posts__id", "posts__title"]}''), %L), 1), ''posts''))', l)) FROM unnest('{"{\"prefetch_related\": [\"posts\"]}","{\"prefetch_related\": [\"posts\"], \"fields\": [\"name\", \"posts__title\", \"posts__secret\"]}","{\"prefetch_related\": [\"posts\"], \"fields\": [\"posts__secret\"]}","{\"prefetch_related\": [\"posts\"], \"fields\": [\"name\"]}"}'::jsonb[]) l;

--
-- max_limit is the default and the most, of roots and of each parent's rows
--
SELECT w, ask('{"max_limit": 2, "order_by": ["id"], "filter": {"id": ["gt"]}}', w) FROM unnest(ARRAY['{}', '{"limit": 1}', '{"limit": 100}', '{"limit": null}', '{"limit": 0}', '{"offset": 1}', '{"limit": 100, "offset": 3}', '{"order_by": "-id", "limit": 100}', '{"filter": {"id__gt": 1}}']::jsonb[]) w;
SELECT corm.count(q), corm.count(corm.limit(q, 100)), (corm.last(corm.fields('Post', 'id'))) ->> 'id', try(format('SELECT corm.last(%L::corm.queryset)', q)), corm.list(corm.paginate(q, 2, 2)), corm.list(corm.paginate(q, 1, 100)) FROM corm.allow('Post', '{"max_limit": 3, "fields": ["id"]}') q;
SELECT corm.list(corm.paginate(q, n, 3)) AS page, corm.list(corm.paginate(q, n, 1)) AS short FROM corm.allow(corm.order_by('Post', 'id'), '{"max_limit": 2, "fields": ["id"]}') q, generate_series(1, 3) n;
SELECT corm.paginate(corm.allow('Post', '{"max_limit": 2}'), 4000000000, 9000000000), try($$SELECT corm.paginate('Post', 4000000000, 9000000000)$$);
-- it is about what is printed: counts and groups are of all rows, or of the slice that is said
SELECT corm.count(q), corm.count(corm.limit(q, 3)), corm.count(corm.offset(q, 1)), corm.exists(corm.offset(q, 3)), corm.sum(q, 'views'), corm.max(q, 'id'), corm.aggregate(q, '{"n": "count"}'), corm.aggregate(corm.limit(q, 3), '{"n": "count"}'), corm.page(q, page_size => 2, total => true) ->> 'total' AS total, corm.count(corm.distinct(q)),
	(SELECT json_agg(g) FROM corm.group_by(q, '["author"]', '{"n": "count"}') g) AS groups, (SELECT json_agg(g) FROM corm.group_by(corm.limit(q, 2), '["categories__name"]', '{"n": "count"}') g) AS spread
  FROM corm.allow(corm.order_by('Post', 'id'), '{"max_limit": 1, "fields": ["id", "views"], "annotate": ["author", "categories__name", "count", "views__sum", "id__max"], "distinct": []}') q;
SELECT count(*), sum(views), max(id), (SELECT count(DISTINCT author_id) FROM posts) AS authors FROM posts;
SELECT corm.sql(q, 'count') !~ 'LIMIT', json_array_length(corm.list(q)), count(v) FROM corm.allow('Post', '{"max_limit": 1, "fields": ["id"]}') q, corm.values(q, 'id') v GROUP BY q;
SELECT corm.list(corm.limit(corm.prefetch_related(corm.allow(corm.limit(corm.fields('Author', 'id'), 1), '{"max_limit": 1, "prefetch_related": ["posts__comments"], "fields": ["id", "posts__id", "posts__comments__id"]}'), 'posts__comments'), 10));

--
-- Several lists: what all of them have
--
SELECT corm.allow(corm.allow('Post', '{"filter": {"id": ["exact", "gt"], "title": ["exact"]}, "order_by": ["id", "title"], "fields": ["id", "title", "views", "author__name", "comments__id", "comments__body"], "prefetch_related": ["author", "comments"], "max_limit": 3}'), '{"filter": {"id": ["gt", "lt"], "views": ["exact"]}, "order_by": ["id", "views"], "fields": ["views", "id", "secret", "comments__secret", "comments__id"], "prefetch_related": ["comments"], "max_limit": 2}') AS both \gset
SELECT t, try(format('SELECT corm.list(corm.%s)', replace(t, '@', quote_literal(:'both')))) FROM unnest(ARRAY[$$limit(@, 50)$$, $$filter(@, '{"id__gt": 2}')$$, $$order_by(@, '-id')$$, $$fields(@, 'views')$$,
	$$filter(@, '{"id": 1}')$$, $$filter(@, '{"id__lt": 1}')$$, $$filter(@, '{"title": "x"}')$$, $$filter(@, '{"views": 1}')$$, $$order_by(@, 'title')$$, $$order_by(@, 'views')$$, $$fields(@, 'title')$$, $$fields(@, 'secret')$$, $$prefetch_related(@, 'author')$$]) t(t);
SELECT corm.list(corm.limit(corm.prefetch_related(corm.fields(:'both', 'id'), 'comments'), 1));
-- a list that allows more takes nothing back
SELECT try($$SELECT corm.count(corm.filter(corm.allow(corm.allow('Post', '{}'), '{"filter": {"id": ["exact"]}}'), '{"id": 1}'))$$), corm.count(corm.allow(corm.filter(corm.allow('Post', '{"filter": {"id": ["exact"]}}'), '{"id": 1}'), '{}'));

--
-- Nothing is dropped, nothing is smuggled in
--
SELECT corm.filter(corm.order_by(corm.limit('Post', 3), 'id'), '{"secret": "s1"}') AS base \gset
SELECT t, try(format('SELECT corm.list(corm.fields(%s, ''id''))', replace(t, '@', format('corm.allow(%L, ''{"filter": {"id": ["exact"]}, "fields": ["id"], "order_by": ["id"], "distinct": []}'')', :'base')))) FROM unnest(ARRAY['@', $$corm.filter(@, '{}')$$, $$corm.filter(@, NULL)$$, $$corm.filter(@, '{"OR": [{}]}')$$, $$corm.filter(@, '{"id": 2}')$$, $$corm.exclude(@, '{"id": 1}')$$, $$corm.order_by(@, VARIADIC '{}')$$, $$corm.order_by(@, '-id')$$, $$corm.limit(@, NULL)$$, $$corm.offset(@, 0)$$, $$corm.offset(@, 1)$$, $$corm.fields(@, VARIADIC '{}')$$, $$corm.distinct(@)$$]) t;
-- what is text or jsonb on its way keeps its list
SELECT try(format('SELECT corm.count(corm.filter(%s, ''{"secret": "s1"}''))', x)) FROM corm.allow('Post', '{"filter": {"id": ["exact"]}}') q, unnest(ARRAY[format('%L::corm.queryset', q), format('%L::jsonb::corm.queryset', q), format('corm.objects(%L)', q), format('corm.allow(%L::text::corm.queryset, ''{"filter": {"secret": ["exact"]}}'')', q)]) x;
-- neither is a list taken off behind a relation, nor does it grow there
SELECT corm.allow(corm.filter('Author', '{"secret": "s1"}'), '{"filter": {"name": ["exact"], "posts__title": ["exact"]}, "fields": ["id", "posts__id", "posts__comments__id"], "prefetch_related": ["posts__comments"], "max_limit": 10}') AS q \gset
SELECT corm.list(corm.relation(:'q'::corm.queryset, 'posts')), corm.list(corm.filter(corm.relation(:'q'::corm.queryset, 'posts'), '{"title": "SQL"}')), corm.count(corm.filter(corm.relation(corm.filter(:'q', '{"name": "Ann"}'), 'posts'), '{"title": "JSON"}'));
SELECT try(format('SELECT corm.list(corm.%s(corm.relation(%L::corm.queryset, ''posts''), %L))', m, :'q', a)) FROM (VALUES ('filter', '{"secret": "s1"}'), ('filter', '{"posts__title": "x"}'), ('exclude', '{"views": 1}'), ('fields', 'secret'), ('fields', 'title'), ('order_by', 'id'), ('prefetch_related', 'author'), ('annotate', '{"n": "comments__count"}'), ('relation', 'nosuch')) v(m, a);
SELECT try(format('SELECT corm.list(corm.filter(corm.relation(corm.relation(%L::corm.queryset, ''posts''), ''comments''), %L))', :'q', f)) FROM unnest('{"{\"body\": \"good\"}","{\"id\": 1}"}'::text[]) f;
-- what is refused is refused before any name is looked up, and the same for all names
SELECT try($$SELECT corm.filter(corm.allow('Post', '{}'), '{"nosuch": 1}')$$) = replace(try($$SELECT corm.filter(corm.allow('Post', '{}'), '{"secret": 1}')$$), 'secret', 'nosuch') AS tells_nothing, try($$SELECT corm.filter(corm.allow('NoSuch', '{}'), '{"secret": 1}')$$), try($$SELECT corm.count(corm.filter(corm.allow('Post', '{"filter": {"nosuch": ["exact"]}}'), '{"nosuch": 1}'))$$);

-- values of a path: without a list of fields the row's own columns and no more
SELECT try($$SELECT count(*) FROM corm.values(corm.allow('Post', '{}'), 'title', 'author', 'pk')$$), try($$SELECT count(*) FROM corm.values(corm.allow('Post', '{}'), 'comments')$$), try($$SELECT count(*) FROM corm.pluck(corm.allow('Post', '{}'), '"comments"')$$), try($$SELECT count(*) FROM corm.pluck(corm.allow('Post', '{}'), 'categories')$$), try($$SELECT count(*) FROM corm.values(corm.relation(corm.allow('Author', '{"prefetch_related": ["posts"]}'), 'posts'), 'comments')$$);
-- a column that is called like a quantifier is no quantifier
ALTER TABLE authors ADD "none" jsonb;
UPDATE authors SET "none" = '{"name": "z"}';
SELECT try($$SELECT corm.count(corm.allow('Post', '{"filter": {"author__name": ["exact"]}}'), '{"author__none": {"name": "z"}}')$$), try($$SELECT corm.count(corm.allow('Post', '{"filter": {"author__name": ["exact"]}}'), '{"author__none": {"name": "q"}}')$$), try($$SELECT corm.count(corm.allow('Post', '{"filter": {"comments__body": ["exact"]}}'), '{"comments__none": {"body": "q"}}')$$);

SET client_min_messages = warning;
DROP SCHEMA corm_allow_rows CASCADE;
