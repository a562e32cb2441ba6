\set k random(1, :categories)
SELECT json_build_object('id', p.id, 'author_id', p.author_id,
	       'title', p.title, 'body', p.body, 'created', p.created, 'price', p.price, 'author', json_build_object('id', a.id, 'name', a.name, 'email', a.email,
	       'active', a.active, 'created', a.created))
  FROM category c
  JOIN post_category pc ON pc.category_id = c.id
  JOIN post p ON p.id = pc.post_id
  JOIN author a ON a.id = p.author_id
 WHERE a.active AND c.slug = ('cat-' || :k)
 ORDER BY p.created DESC, p.id LIMIT 20;
