\set k random(0, :authors - :many)
SELECT row_to_json(x) FROM (
	SELECT a.id, a.name, a.email, a.active, a.created, coalesce(ps.j, '[]') AS posts
	  FROM author a
	  LEFT JOIN LATERAL (
		SELECT json_agg(y) AS j FROM (
			SELECT p.id, p.author_id, p.title, p.body, p.created, p.price FROM post p WHERE p.author_id = a.id ORDER BY p.id) y) ps ON true
	 WHERE a.id > :k ORDER BY a.id LIMIT :many) x;
