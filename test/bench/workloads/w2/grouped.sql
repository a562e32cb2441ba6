\set k random(0, :authors - 50)
WITH aa AS MATERIALIZED (
	SELECT a.id, a.name, a.email, a.active, a.created FROM author a WHERE a.id > :k ORDER BY a.id LIMIT 50),
pp AS MATERIALIZED (
	SELECT p.* FROM aa JOIN post p ON p.author_id = aa.id),
cc AS (
	SELECT z.post_id, array_agg((SELECT r FROM (SELECT z.id, z.name, z.slug) r) ORDER BY z.id) AS j
	  FROM (SELECT pc.post_id, c.id, c.name, c.slug
	          FROM pp JOIN post_category pc ON pc.post_id = pp.id JOIN category c ON c.id = pc.category_id) z
	 GROUP BY z.post_id),
pj AS (
	SELECT y.author_id, array_agg((SELECT r FROM (
	           SELECT y.id, y.author_id, y.title, y.body, y.created, y.price, y.categories) r) ORDER BY y.id) AS j
	  FROM (SELECT p.id, p.author_id, p.title, p.body, p.created, p.price, coalesce(to_json(cc.j), '[]') AS categories
	          FROM pp p LEFT JOIN cc ON cc.post_id = p.id) y
	 GROUP BY y.author_id)
SELECT to_json(x) FROM (
	SELECT a.id, a.name, a.email, a.active, a.created, coalesce(to_json(pj.j), '[]') AS posts
	  FROM aa a LEFT JOIN pj ON pj.author_id = a.id ORDER BY a.id) x;
