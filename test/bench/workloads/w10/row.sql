\set k random(1, :authors)
SELECT row_to_json(a) FROM author a WHERE a.id = :k;
