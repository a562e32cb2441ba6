\set k random(1, :authors)
SELECT json_build_object('id', a.id, 'name', a.name, 'email', a.email,
	       'active', a.active, 'created', a.created, 'posts', coalesce((
		SELECT json_agg(json_build_object('id', p.id, 'author_id', p.author_id,
			       'title', p.title, 'body', p.body, 'created', p.created, 'price', p.price, 'categories', coalesce((
			SELECT json_agg(json_build_object('id', c.id, 'name', c.name, 'slug', c.slug) ORDER BY c.id)
			  FROM post_category pc JOIN category c ON c.id = pc.category_id
			 WHERE pc.post_id = p.id), '[]')) ORDER BY p.id)
		  FROM post p WHERE p.author_id = a.id), '[]'))
  FROM author a WHERE a.id = :k;
