\set k random(0, :authors - :many)
SELECT jsonb_build_object('id', a.id, 'name', a.name, 'email', a.email,
	       'active', a.active, 'created', a.created, 'posts', coalesce(ps.j, '[]'))
  FROM author a
  LEFT JOIN LATERAL (
	SELECT jsonb_agg(jsonb_build_object('id', p.id, 'author_id', p.author_id,
		       'title', p.title, 'body', p.body, 'created', p.created, 'price', p.price) ORDER BY p.id) AS j
	  FROM post p WHERE p.author_id = a.id) ps ON true
 WHERE a.id > :k ORDER BY a.id LIMIT :many;
