\set k random(1, :authors)
SELECT count(*) FROM post WHERE author_id = :k;
