\set k random(0, :authors - :many)
SELECT json_agg(x) FROM (
	SELECT a.id, a.name, a.email, a.active, a.created,
	       ARRAY(SELECT y FROM (
	           SELECT p.id, p.author_id, p.title, p.body, p.created, p.price FROM post p WHERE p.author_id = a.id ORDER BY p.id) y) AS posts
	  FROM author a WHERE a.id > :k ORDER BY a.id LIMIT :many) x;
