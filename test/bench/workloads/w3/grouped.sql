\set k random(0, :authors - :many)
SELECT to_json(x) FROM (
	SELECT a.id, a.name, a.email, a.active, a.created, coalesce(to_json(ps.j), '[]') AS posts
	  FROM (SELECT * FROM author a WHERE a.id > :k ORDER BY a.id LIMIT :many) a
	  LEFT JOIN (
		SELECT y.author_id, array_agg((SELECT r FROM (
		           SELECT y.id, y.author_id, y.title, y.body, y.created, y.price) r) ORDER BY y.id) AS j
		  FROM (SELECT p.id, p.author_id, p.title, p.body, p.created, p.price
		          FROM (SELECT id FROM author a WHERE a.id > :k ORDER BY a.id LIMIT :many) a JOIN post p ON p.author_id = a.id) y
		 GROUP BY y.author_id) ps ON ps.author_id = a.id
	 ORDER BY a.id) x;
