\set k random(0, :authors * 20 - 1000)
SELECT jsonb_build_object('id', p.id, 'author_id', p.author_id,
	       'title', p.title, 'body', p.body, 'created', p.created, 'price', p.price, 'author', jsonb_build_object('id', a.id, 'name', a.name, 'email', a.email,
	       'active', a.active, 'created', a.created))
  FROM post p JOIN author a ON a.id = p.author_id WHERE p.id > :k ORDER BY p.id LIMIT 1000;
