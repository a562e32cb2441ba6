\set k random(1, :authors)
SELECT json_build_object('id', a.id, 'name', a.name, 'email', a.email, 'active', a.active, 'created', a.created)
  FROM author a WHERE a.id = :k;
