\set k random(0, :authors - 50)
SELECT to_json(x) FROM (
	SELECT a.id, a.name, a.email, a.active, a.created,
	       ARRAY(SELECT y FROM (
	           SELECT p.id, p.author_id, p.title, p.body, p.created, p.price,
	                  ARRAY(SELECT z FROM (
	                      SELECT c.id, c.name, c.slug
	                        FROM post_category pc JOIN category c ON c.id = pc.category_id
	                       WHERE pc.post_id = p.id ORDER BY c.id) z) AS categories
	             FROM post p WHERE p.author_id = a.id ORDER BY p.id) y) AS posts
	  FROM author a WHERE a.id > :k ORDER BY a.id LIMIT 50) x;
