-- Cases that ORMs' own test suites hold, each compared with SQL written by
-- hand: quantifiers, aggregates, dates, groups, flat rows, pages and trees.
-- Every answer is t.  The comment says where one could go wrong.
CREATE SCHEMA corm_orm_cases_2;
SET search_path = corm_orm_cases_2;
SET timezone = 'UTC';
\pset format unaligned
\pset tuples_only on
-- the keys of a queryset's rows, in its order; NULL when there are none
CREATE FUNCTION ids(q corm.queryset, filter jsonb DEFAULT NULL) RETURNS bigint[] STABLE LANGUAGE sql
	RETURN (SELECT array_agg((object ->> 'id')::bigint) FROM corm.all(q, filter));
SELECT corm.create_model('Author', '{"name": "text", "email": "text", "boss": {"foreign_key": "Author", "related_name": "staff"}}');
SELECT corm.create_model('Profile', '{"bio": "text", "author": {"foreign_key": "Author", "one_to_one": true, "related_name": "profile"}}');
SELECT corm.create_model('Post', '{"title": "text", "views": "int", "price": "numeric", "discount": "numeric", "created_at": "timestamptz", "author": {"foreign_key": "Author"}, "editor": {"foreign_key": "Author", "related_name": "edited"}}');
SELECT corm.create_model('Comment', '{"body": "text", "post": {"foreign_key": "Post", "nullable": false}, "author": {"foreign_key": "Author"}, "parent": {"foreign_key": "Comment", "related_name": "replies"}}');
SELECT corm.create_model('Category', '{"name": "text", "parent": {"foreign_key": "Category", "related_name": "children"}}', 'categories');
SELECT corm.create_model('PostCategory', '{"id": {"type": "int", "primary_key": true}, "post": {"foreign_key": "Post", "nullable": false, "related_name": "links"}, "category": {"foreign_key": "Category", "nullable": false, "related_name": "links"}, "position": "int"}', 'post_categories');
ALTER TABLE post_categories ADD UNIQUE (post_id, category_id);
SELECT corm.many_to_many('Post', 'categories', 'Category', through => 'PostCategory', related_name => 'posts');
SELECT corm.many_to_many('Author', 'friends', 'Author', symmetrical => true);
SELECT corm.many_to_many('Author', 'follows', 'Author', related_name => 'followers');
CREATE TABLE orders (year int, no int, note text, PRIMARY KEY (year, no));
CREATE TABLE lines (id int PRIMARY KEY, order_year int, order_no int, article text, FOREIGN KEY (order_year, order_no) REFERENCES orders);
SELECT corm.register_model('orders', 'Order'), corm.register_model('lines', 'Line');
SELECT corm.foreign_key('Line', 'order', 'Order', 'lines', columns => '{order_year,order_no}');
INSERT INTO authors (id, name, email, boss_id) VALUES (1, 'Ann', 'ann@x', NULL), (2, 'Bob', NULL, 1), (3, 'Cid', 'c%d@x', 1), (4, 'Dan', NULL, 2), (5, 'Eve', 'e_e@x', 5);
INSERT INTO profiles (id, bio, author_id) VALUES (1, 'writes', 1), (2, NULL, 2), (3, 'nobody''s', NULL);
INSERT INTO posts (id, title, views, price, discount, created_at, author_id, editor_id) VALUES
	(1, 'SQL', 10, 10, 2, '2024-01-31 23:30Z', 1, 2), (2, 'JSON', 20, 5, 5, '2024-02-01 00:30Z', 1, 1), (3, 'SQL/JSON', NULL, 7.5, NULL, '2024-02-15 12:00Z', 2, NULL),
	(4, 'C', 5, 1, 3, '2023-12-31 22:00Z', NULL, 1), (5, 'Make', 10, 10, NULL, NULL, 3, 3), (6, 'Empty', 0, NULL, 1, '2024-03-01 00:00Z', NULL, NULL);
INSERT INTO comments (id, body, post_id, author_id, parent_id) VALUES
	(1, 'good', 1, 2, NULL), (2, 'bad', 1, 3, 1), (3, 'good', 2, 1, NULL), (4, NULL, 2, NULL, NULL), (5, 'bad', 3, 2, NULL), (6, 'ugly', 4, NULL, NULL), (7, 'thanks', 1, 1, 2);
INSERT INTO categories (id, name, parent_id) VALUES (1, 'News', NULL), (2, 'Tech', 1), (3, 'Old', 2), (4, NULL, 2), (5, 'Ring', NULL), (6, 'Ring too', 5);
UPDATE categories SET parent_id = 6 WHERE id = 5;
INSERT INTO post_categories (id, post_id, category_id, position) VALUES (11, 1, 1, 1), (12, 1, 2, 2), (13, 2, 2, 1), (14, 3, 3, 5), (15, 3, 4, NULL), (16, 4, 1, 2);
INSERT INTO authors_authors (from_author_id, to_author_id) VALUES (1, 2), (1, 3), (3, 3), (2, 4);
INSERT INTO authors_authors_follows (from_author_id, to_author_id) VALUES (1, 2), (2, 1), (3, 1), (4, 4);
INSERT INTO orders VALUES (2023, 1, 'a'), (2023, 2, 'b'), (2024, 1, NULL);
INSERT INTO lines VALUES (1, 2023, 1, 'nut'), (2, 2023, 1, 'bolt'), (3, 2024, 1, 'nut'), (4, NULL, NULL, 'lost'), (5, 2024, NULL, 'half');

--
-- Quantifiers
--
-- every holds of nothing at all, and not of a child whose column is NULL
SELECT ids('Author', '{"posts__every": {"views__gte": 10}}') = (SELECT array_agg(id ORDER BY id) FROM authors a WHERE NOT EXISTS (SELECT FROM posts WHERE author_id = a.id AND (views >= 10) IS NOT TRUE));
SELECT ids(corm.exclude('Author', '{"posts__every": {"views__gte": 10}}')) = (SELECT array_agg(id ORDER BY id) FROM authors a WHERE EXISTS (SELECT FROM posts WHERE author_id = a.id AND (views >= 10) IS NOT TRUE));
-- some is one row for all that stands in it, none is its complement
SELECT ids('Post', '{"comments__some": {"body": "good", "author": 2}}') = '{1}' AND ids('Post', '{"comments__some": {"body": "good", "author": 3}}') IS NULL;
SELECT ids('Post', '{"comments__none": {"body": "good"}}') = (SELECT array_agg(id ORDER BY id) FROM posts p WHERE NOT EXISTS (SELECT FROM comments WHERE post_id = p.id AND body = 'good'));
-- two of them are independent, and they nest
SELECT ids('Post', '{"AND": [{"comments__some": {"body": "good"}}, {"comments__some": {"author": 3}}]}') = '{1}';
SELECT ids('Author', '{"posts__some": {"comments__every": {"body__isnull": false}, "views__isnull": false}}') = (SELECT array_agg(id ORDER BY id) FROM authors a
	WHERE EXISTS (SELECT FROM posts p WHERE author_id = a.id AND views IS NOT NULL AND NOT EXISTS (SELECT FROM comments WHERE post_id = p.id AND body IS NULL)));

--
-- Aggregates in filters
--
-- a count of nothing is 0
SELECT ids('Author', '{"posts__count": 0}') = (SELECT array_agg(id ORDER BY id) FROM authors a WHERE NOT EXISTS (SELECT FROM posts WHERE author_id = a.id));
SELECT ids('Author', '{"posts__count__gte": 2}') = (SELECT array_agg(id ORDER BY id) FROM authors a WHERE (SELECT count(*) FROM posts WHERE author_id = a.id) >= 2);
-- a sum of nothing is NULL: less than no number, and kept by exclude
SELECT ids('Author', '{"posts__views__sum__lt": 100}') = (SELECT array_agg(id ORDER BY id) FROM authors a WHERE (SELECT sum(views) FROM posts WHERE author_id = a.id) < 100);
SELECT ids(corm.exclude('Author', '{"posts__views__sum__lt": 100}')) = (SELECT array_agg(id ORDER BY id) FROM authors a WHERE ((SELECT sum(views) FROM posts WHERE author_id = a.id) < 100) IS NOT TRUE);
-- an aggregate sees all rows of the relation, whatever another key asks of them
SELECT ids('Author', '{"posts__title": "SQL", "posts__count": 2}') = '{1}' AND ids('Author', '{"posts__title": "SQL", "posts__count": 1}') IS NULL;
-- ... but for a filter of its own
SELECT ids('Author', '{"posts__count": {"gte": 1, "filter": {"views__gt": 10}}}') = '{1}' AND ids('Author', '{"posts__count": {"exact": 0, "filter": {"views__gt": 10}}}') = '{2,3,4,5}';
-- a composite key, a symmetrical link, links seen from the far end
SELECT (SELECT jsonb_agg(object ->> 'note') FROM corm.all('Order', '{"lines__count__gte": 2}')) = '["a"]' AND ids('Author', '{"friends__count": 2}') = '{1,2,3}' AND ids('Category', '{"posts__count__gt": 1}') = '{1,2}';

--
-- Annotations
--
-- two of them do not multiply each other
SELECT (SELECT jsonb_agg(jsonb_build_array(object -> 'n', object -> 'm', object -> 'c')) FROM corm.all(corm.annotate('Post', '{"n": "comments__count", "m": "categories__count", "c": "comments__id__sum"}')))
	= (SELECT jsonb_agg(jsonb_build_array((SELECT count(*) FROM comments WHERE post_id = p.id), (SELECT count(*) FROM post_categories WHERE post_id = p.id), (SELECT sum(id) FROM comments WHERE post_id = p.id)) ORDER BY id) FROM posts p);
-- one with a filter counts 0 where nothing fits, and loses no root
SELECT (SELECT jsonb_agg(object -> 'n') FROM corm.all(corm.annotate('Author', '{"n": {"count": "posts", "filter": {"views__gt": 10}}}'))) = '[1, 0, 0, 0, 0]';
-- what filters the roots does not narrow it, before or after
SELECT (SELECT jsonb_agg(object -> 'n') FROM corm.all(corm.annotate(corm.filter('Author', '{"posts__title": "SQL"}'), '{"n": "posts__count"}'))) = '[2]' AND (SELECT jsonb_agg(object -> 'n') FROM corm.all(corm.filter(corm.annotate('Author', '{"n": "posts__count"}'), '{"posts__title": "SQL"}'))) = '[2]';
-- over two steps all of the last are counted
SELECT (SELECT jsonb_agg(object -> 'n') FROM corm.all(corm.annotate('Author', '{"n": "posts__comments__count"}'))) = (SELECT jsonb_agg((SELECT count(*) FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.author_id = a.id) ORDER BY id) FROM authors a);
-- min, max, avg of nothing are null; existence is true or false
SELECT (corm.get(corm.annotate('Author', '{"a": "posts__views__min", "b": "posts__views__max", "c": "posts__views__avg", "d": {"exists": "posts"}}'), '{"id": 4}'))::jsonb @> '{"a": null, "b": null, "c": null, "d": false}';
-- at a level below
SELECT (SELECT jsonb_object_agg(object ->> 'id', jsonb_path_query_array(object::jsonb, '$.posts[*].n')) FROM corm.all(corm.prefetch_related('Author', jsonb '{"posts": {"annotate": {"n": "comments__count"}}}'), '{"id__lte": 2}')) = '{"1": [3, 2], "2": [1]}';
-- orders by an annotation, and by an aggregate that is not shown
SELECT ids(corm.order_by(corm.annotate('Author', '{"n": "posts__count"}'), '-n')) = (SELECT array_agg(id ORDER BY (SELECT count(*) FROM posts WHERE author_id = a.id) DESC, id) FROM authors a);
SELECT ids(corm.order_by('Author', '-posts__count', '-name')) = (SELECT array_agg(id ORDER BY (SELECT count(*) FROM posts WHERE author_id = a.id) DESC, name DESC) FROM authors a);

--
-- Aggregates of a queryset
--
-- of a slice, not of all
SELECT corm.sum(corm.limit(corm.order_by('Post', '-views nulls last'), 2), 'views') = 30 AND corm.aggregate(corm.offset('Post', 4), '{"n": {"count": "*"}, "s": {"sum": "views"}}')::jsonb = '{"n": 2, "s": 10}';
-- NULL does not count, equal values once if asked
SELECT corm.aggregate('Post', '{"rows": {"count": "*"}, "views": {"count": "views"}, "kinds": {"count": "views", "distinct": true}}')::jsonb = '{"rows": 6, "views": 5, "kinds": 4}';
-- of nothing: a count is 0, the others are null
SELECT corm.aggregate(corm.filter('Post', '{"id": 0}'), '{"n": {"count": "*"}, "s": {"sum": "views"}, "m": {"max": "title"}}')::jsonb = '{"n": 0, "s": null, "m": null}' AND corm.sum(corm.filter('Post', '{"id": 0}'), 'views') IS NULL;
-- roots that match twice are summed up once
SELECT corm.sum(corm.filter('Post', '{"categories__name__in": ["News", "Tech"]}'), 'views') = (SELECT sum(views) FROM posts WHERE id IN (SELECT post_id FROM post_categories WHERE category_id IN (1, 2)));
SELECT corm.avg('Post', 'views') = (SELECT avg(views) FROM posts) AND corm.min('Post', 'created_at')::text = (SELECT to_json(min(created_at))::text FROM posts) AND corm.max('Post', 'title')::text = (SELECT to_json(max(title))::text FROM posts);

--
-- Another column
--
-- NULL on either side is no match, and exclude brings it back
SELECT ids('Post', '{"price__gt__F": "discount"}') = (SELECT array_agg(id ORDER BY id) FROM posts WHERE price > discount) AND ids(corm.exclude('Post', '{"price__gt__F": "discount"}')) = (SELECT array_agg(id ORDER BY id) FROM posts WHERE (price > discount) IS NOT TRUE) AND ids('Post', '{"price__F": "discount"}') = '{2}';
-- behind a to-one step, on either side
SELECT ids('Comment', '{"author_id__F": "post__author_id"}') = (SELECT array_agg(c.id ORDER BY c.id) FROM comments c JOIN posts p ON p.id = post_id WHERE c.author_id = p.author_id);
SELECT ids('Comment', '{"post__author_id__F": "author_id"}') = ids('Comment', '{"author_id__F": "post__author_id"}');
-- behind a to-many step the column is the root's, inside of some it is the child's
SELECT ids('Author', '{"posts__editor_id__F": "id"}') = '{1,3}' AND ids('Author', '{"posts__some": {"views__gt__F": "price"}}') = (SELECT array_agg(id ORDER BY id) FROM authors a WHERE EXISTS (SELECT FROM posts WHERE author_id = a.id AND views > price));

--
-- Dates and patterns
--
-- parts are those of the session's time zone
SELECT ids('Post', '{"created_at__month": 1}') = '{1}' AND ids('Post', '{"created_at__year": 2023}') = '{4}';
SET timezone = 'Asia/Tokyo';
SELECT ids('Post', '{"created_at__month": 1}') = (SELECT array_agg(id ORDER BY id) FROM posts WHERE extract(month FROM created_at) = 1) AND ids('Post', '{"created_at__year": 2023}') IS NULL AND ids('Post', '{"created_at__date": "2024-02-01"}') = '{1,2}';
SELECT (SELECT jsonb_object_agg(g ->> 'n', 1) FROM corm.group_by('Post', '{"month": "created_at__trunc_month"}', '{"n": {"count": "*"}}') g) = (SELECT jsonb_object_agg(n, 1) FROM (SELECT count(*) n FROM posts GROUP BY date_trunc('month', created_at)) s);
SET timezone = 'UTC';
-- chained with a comparison; a date that is missing has no year, and exclude keeps it
SELECT ids('Post', '{"created_at__year__gte": 2024, "created_at__month__lt": 3}') = '{1,2,3}' AND 5 = ANY (ids(corm.exclude('Post', '{"created_at__year": 2024}')));
SELECT ids('Post', '{"title__regex": "^S.L$"}') = '{1}' AND ids('Post', '{"title__iregex": "^s.l"}') = '{1,3}';

--
-- Groups
--
-- NULL is a group; having is asked of groups; orders by an aggregate
SELECT (SELECT jsonb_agg(g) FROM corm.group_by('Post', '["author__name"]', '{"n": {"count": "*"}}', order_by => '{author__name}') g) = '[{"author__name": "Ann", "n": 2}, {"author__name": "Bob", "n": 1}, {"author__name": "Cid", "n": 1}, {"author__name": null, "n": 2}]';
SELECT (SELECT jsonb_agg(g) FROM corm.group_by('Post', '{"month": "created_at__trunc_month"}', '{"n": {"count": "*"}, "views": {"sum": "views"}}', "having" => '{"n__gt": 1}') g) = (SELECT jsonb_agg(to_jsonb(s)) FROM (SELECT date_trunc('month', created_at) AS month, count(*) AS n, sum(views) AS views FROM posts GROUP BY 1 HAVING count(*) > 1) s);
SELECT (SELECT jsonb_agg(g -> 'n') FROM corm.group_by('Post', '["views"]', '{"n": {"count": "*"}}', order_by => '{-n,views}', limit_count => 2) g) = '[2, 1]';
-- a filter is asked of rows, and roots that match twice are one row
SELECT (SELECT sum((g ->> 'n')::int) FROM corm.group_by(corm.filter('Post', '{"categories__name__in": ["News", "Tech"]}'), '["views"]', '{"n": {"count": "*"}}') g) = 3;

--
-- Flat rows
--
-- over two to-many relations: every combination, and roots that have none
SELECT (SELECT jsonb_agg(v ORDER BY v::jsonb) FROM corm.values_list('Post', 'id', 'comments__id', 'categories__name') v) = (SELECT jsonb_agg(v ORDER BY v) FROM (SELECT jsonb_build_array(p.id, c.id, k.name) AS v FROM posts p LEFT JOIN comments c ON c.post_id = p.id LEFT JOIN post_categories l ON l.post_id = p.id LEFT JOIN categories k ON k.id = l.category_id) s);
SELECT (SELECT jsonb_agg(v) FROM corm.values(corm.limit('Post', 1), 'title', 'author__boss__name') v) = '[{"title": "SQL", "author__boss__name": null}]';
SELECT (SELECT jsonb_agg(v) FROM corm.pluck(corm.order_by('Post', '-id'), 'views') v) = '[0, 10, 5, null, 20, 10]' AND (SELECT array_agg(v) FROM corm.pluck(NULL::bigint, 'Post', 'id') v) = '{1,2,3,4,5,6}';
-- one row per author: the one with most views
SELECT ids(corm.distinct(corm.order_by('Post', 'author_id', '-views nulls last'), 'author_id')) = (SELECT array_agg(id ORDER BY author_id) FROM (SELECT DISTINCT ON (author_id) id, author_id FROM posts ORDER BY author_id, views DESC NULLS LAST, id) s);
-- the rows that a queryset is related to, each once
SELECT ids(corm.relation(corm.filter('Post', '{"id__lt": 3}'), 'categories')) = '{1,2}' AND ids(corm.relation(corm.relation('Author', 1, 'posts'), 'comments')) = (SELECT array_agg(c.id ORDER BY c.id) FROM comments c JOIN posts p ON p.id = post_id WHERE p.author_id = 1) AND ids(corm.relation(corm.objects('Post'), 'author')) = '{1,2,3}';
-- a row matches as it would be found
SELECT bool_and(corm.matches(p, '{"comments__body": "good", "views__gte": 10}') = (id IN (SELECT unnest(ids('Post', '{"comments__body": "good", "views__gte": 10}'))))) FROM posts p;

--
-- Pages
--
-- forth and back over equal values and NULLs, in every size: the list
CREATE FUNCTION walked(q corm.queryset, size int, back boolean) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
	p json := corm.page(q, page_size => size);
	result bigint[] := '{}';
	page bigint[];
	n int := 0;
BEGIN
	LOOP
		SELECT array_agg((e ->> 'id')::bigint) INTO page FROM json_array_elements(p -> 'items') e;
		result := CASE WHEN back AND n >= 100 THEN page || result WHEN back THEN page ELSE result || page END;
		n := n + 1;
		IF NOT back OR n < 100 THEN
			IF (p ->> 'has_next')::boolean THEN p := corm.page(q, after => p ->> 'end', page_size => size); CONTINUE; END IF;
			EXIT WHEN NOT back;
			n := 100;
		END IF;
		EXIT WHEN NOT (p ->> 'has_previous')::boolean OR n > 200;
		p := corm.page(q, before => p ->> 'start', page_size => size);
	END LOOP;
	RETURN result;
END
$$;
SELECT bool_and(walked(corm.order_by('Post', o), size, back) = ids(corm.order_by('Post', o))) FROM unnest('{-views,views,"-views nulls last","views nulls first",-created_at,author__name,-id}'::text[]) o, generate_series(1, 4) size, unnest('{false,true}'::boolean[]) back;
SELECT bool_and(walked(corm.order_by('Post', '-views', 'price', '-title'), size, back) = ids(corm.order_by('Post', '-views', 'price', '-title'))) FROM generate_series(1, 4) size, unnest('{false,true}'::boolean[]) back;

--
-- Trees
--
SELECT corm.get(corm.prefetch_related('Category', jsonb '{"children": {"recursive": true, "fields": ["id"]}}'), '{"id": 1}') ->> 'children' = '[{"id":2,"children":[{"id":3,"children":[]},{"id":4,"children":[]}]}]';
SELECT corm.get(corm.prefetch_related('Category', jsonb '{"children": {"recursive": true, "depth": 1, "fields": ["id"]}}'), '{"id": 1}') ->> 'children' = '[{"id":2}]';
-- a ring of parents comes to an end
SELECT (object -> 'children')::jsonb @> '[{"id": 6, "children": []}]' AND object ->> 'children' NOT LIKE '%"id":5%' FROM corm.get(corm.prefetch_related('Category', jsonb '{"children": {"recursive": true, "fields": ["id"]}}'), '{"id": 5}');
-- all ancestors, all descendants, the nearest included
SELECT ids('Category', '{"parent__ancestors": 1}') = '{2,3,4}' AND ids('Category', '{"children__descendants__name": "Old"}') = '{1,2}' AND 5 = ANY (ids('Category', '{"parent__ancestors": 6}'));

SET client_min_messages = warning;
DROP SCHEMA corm_orm_cases_2 CASCADE;
