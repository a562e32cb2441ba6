\set k random(1, :authors)
SELECT row_to_json(p) FROM post p WHERE p.author_id = :k ORDER BY p.id;
