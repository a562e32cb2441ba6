\set k random(0, :authors * 20 - 1000)
SELECT json_build_object('id', p.id, 'author_id', p.author_id,
	       'title', p.title, 'body', p.body, 'created', p.created, 'price', p.price, 'author',
       (SELECT json_build_object('id', a.id, 'name', a.name, 'email', a.email,
       	       'active', a.active, 'created', a.created) FROM author a WHERE a.id = p.author_id))
  FROM post p WHERE p.id > :k ORDER BY p.id LIMIT 1000;
