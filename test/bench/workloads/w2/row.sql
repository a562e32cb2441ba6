\set k random(0, :authors - 50)
SELECT row_to_json(x) FROM (
	SELECT a.id, a.name, a.email, a.active, a.created, coalesce(ps.j, '[]') AS posts
	  FROM author a
	  LEFT JOIN LATERAL (
		SELECT json_agg(y) AS j FROM (
			SELECT p.id, p.author_id, p.title, p.body, p.created, p.price, coalesce(cs.j, '[]') AS categories
			  FROM post p
			  LEFT JOIN LATERAL (
				SELECT json_agg(z) AS j FROM (
					SELECT c.id, c.name, c.slug
					  FROM post_category pc JOIN category c ON c.id = pc.category_id
					 WHERE pc.post_id = p.id ORDER BY c.id) z) cs ON true
			 WHERE p.author_id = a.id ORDER BY p.id) y) ps ON true
	 WHERE a.id > :k ORDER BY a.id LIMIT 50) x;
