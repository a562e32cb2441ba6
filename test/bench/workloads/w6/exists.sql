\set k random(1, :categories)
SELECT row_to_json(x) FROM (
	SELECT p.id, p.author_id, p.title, p.body, p.created, p.price, a AS author
	  FROM post p JOIN author a ON a.id = p.author_id
	 WHERE a.active
	   AND EXISTS (SELECT FROM post_category pc JOIN category c ON c.id = pc.category_id
	                WHERE pc.post_id = p.id AND c.slug = ('cat-' || :k))
	 ORDER BY p.created DESC, p.id LIMIT 20) x;
