\set k random(0, :authors * 20 - 1000)
SELECT row_to_json(x) FROM (
	SELECT p.id, p.author_id, p.title, p.body, p.created, p.price, (SELECT a FROM author a WHERE a.id = p.author_id) AS author
	  FROM post p WHERE p.id > :k ORDER BY p.id LIMIT 1000) x;
