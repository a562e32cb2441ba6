\set c random(:categories + 1, :categories + 98)
WITH a AS (
	INSERT INTO author (name, email, active, created)
	VALUES ('A new author', 'new@example.com', true, '2024-02-03 04:05:06Z')
	RETURNING *),
p AS (
	INSERT INTO post (author_id, title, body, created, price)
	SELECT a.id, v.title, 'It says "new".', '2024-02-03 04:05:06Z', v.price
	  FROM a, (VALUES ('A new post 1', 12.31), ('A new post 2', 12.32), ('A new post 3', 12.33), ('A new post 4', 12.34), ('A new post 5', 12.35)) AS v (title, price)
	RETURNING *),
l AS (
	INSERT INTO post_category (post_id, category_id)
	SELECT p.id, unnest(ARRAY[:c, :c + 1, :c + 2]) FROM p
	RETURNING *)
SELECT json_build_object('id', a.id, 'name', a.name, 'email', a.email, 'active', a.active, 'created', a.created, 'posts', (
	SELECT json_agg(json_build_object('id', p.id, 'author_id', p.author_id, 'title', p.title, 'body', p.body,
	                                  'created', p.created, 'price', p.price, 'categories', (
		SELECT json_agg(row_to_json(c) ORDER BY c.id)
		  FROM l JOIN category c ON c.id = l.category_id
		 WHERE l.post_id = p.id)) ORDER BY p.id)
	  FROM p))
  FROM a;
