\set k random(0, :authors * 20 - 1000)
SELECT row_to_json(x) FROM (
	SELECT p.id, p.author_id, p.title, p.body, p.created, p.price, a AS author
	  FROM post p JOIN author a ON a.id = p.author_id WHERE p.id > :k ORDER BY p.id LIMIT 1000) x;
