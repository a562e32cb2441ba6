\set k random(1, :categories)
SELECT row_to_json(x) FROM (
	SELECT p.id, p.author_id, p.title, p.body, p.created, p.price, a AS author
	  FROM category c
	  JOIN post_category pc ON pc.category_id = c.id
	  JOIN post p ON p.id = pc.post_id
	  JOIN author a ON a.id = p.author_id
	 WHERE a.active AND c.slug = ('cat-' || :k)
	 ORDER BY p.created DESC, p.id LIMIT 20) x;
