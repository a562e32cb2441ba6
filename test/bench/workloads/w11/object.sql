\set k random(1, :authors)
SELECT json_build_object('id', p.id, 'author_id', p.author_id, 'title', p.title, 'body', p.body, 'created', p.created, 'price', p.price)
  FROM post p WHERE p.author_id = :k ORDER BY p.id;
