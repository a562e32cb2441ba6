-- Times by ISO 8601 are read without the types' input functions: to the same values, and
-- what is anything else goes to them.
SET client_min_messages = warning;
CREATE SCHEMA times_read;
SET search_path = times_read;
CREATE TABLE moment (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, text text, z timestamptz, t timestamp, d date, z3 timestamptz(3), n smallint, i int, b bigint, x numeric, x2 numeric(6,2));
SELECT corm.register_model('moment');
-- what corm makes of a value, and what the type's own function does, or why not
CREATE FUNCTION by_corm(name text, value jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE made text;
BEGIN
	PERFORM corm.bulk_create(corm.fields('moment', 'id'), jsonb_build_array(jsonb_build_object(name, value)));
	EXECUTE format('DELETE FROM moment RETURNING %I::text', name) INTO made;
	RETURN made;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION by_key(name text, value jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE made text;
BEGIN
	EXECUTE format('INSERT INTO moment (%I) VALUES (($1->>0)::%s)', name, (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'moment'::regclass AND attname = name)) USING jsonb_build_array(value);
	PERFORM corm.update(corm.filter('moment', jsonb_build_object(name, value)), '{"text": "found"}');
	EXECUTE format('DELETE FROM moment WHERE text = ''found'' RETURNING %I::text', name) INTO made;
	RETURN made;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION by_server(name text, value jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE made text;
BEGIN
	EXECUTE format('SELECT (($1->>0)::%s)::text', (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'moment'::regclass AND attname = name)) INTO made USING jsonb_build_array(value);
	RETURN made;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TABLE given (value jsonb);
-- forms and near misses
INSERT INTO given SELECT to_jsonb(v) FROM unnest(ARRAY['2024-02-29', '2023-02-29', '2024-02-30', '1900-02-29', '2000-02-29', '0001-01-01', '0000-01-01', '9999-12-31', '10000-01-01', '2024-1-1', '2024-13-01', '2024-00-10', '2024-04-31',
	'2024-01-00', '24-01-01', '2024/01/02', '20240102', '2024-01-02 ', ' 2024-01-02', '2024-01-02 BC', '2024-01-02T', '2024-01-02 03:04', '2024-01-02 03:04:05', '2024-01-02T03:04:05', '2024-01-02t03:04:05', '2024-01-02 03:04:05.', '2024-01-02 03:04:05.1',
	'2024-01-02 03:04:05.123456', '2024-01-02 03:04:05.1234567', '2024-01-02 03:04:05.999999', '2024-01-02 03:04:05.9999995', '2024-01-02 03:04:05.0000000', '2024-01-02 23:59:59', '2024-01-02 24:00:00', '2024-01-02 23:59:60', '2024-01-02 25:00:00', '2024-01-02 12:60:00', '2024-01-02 12:00:61',
	'2024-01-02 03:04:05Z', '2024-01-02T03:04:05.25Z', '2024-01-02 03:04:05z', '2024-01-02 03:04:05 Z', '2024-01-02 03:04:05+00', '2024-01-02 03:04:05-00:00', '2024-01-02 03:04:05+02', '2024-01-02 03:04:05-02:30', '2024-01-02 03:04:05+0230', '2024-01-02 03:04:05+2', '2024-01-02 03:04:05+14:59',
	'2024-01-02 03:04:05+15', '2024-01-02 03:04:05+15:59:59', '2024-01-02 03:04:05+16', '2024-01-02 03:04:05-14:00', '2024-01-02 03:04:05+02:60', '2024-01-02 03:04:05+02:', '2024-01-02 03:04:05+', '2024-01-02 03:04:05-', '2024-01-02 03:04:05 +02', '2024-01-02 03:04:05 UTC', '2024-01-02 03:04:05 Europe/Berlin',
	'0001-01-01 00:00:00+14', '9999-12-31 23:59:59.999999-14', '2024-03-10 02:30:00', '2024-03-31 02:30:00', '2024-01-02 03:04:05PM', '2024-01-02 -3:04:05', '2024-01-02 03:04:-5', '-2024-01-02', 'infinity', '-infinity', 'now', 'today', 'epoch', '', 'null', 'J2451187', '2024-01-02 03:04:05Z7', '２０２４-01-02']) v;
-- numbers, too
INSERT INTO given SELECT v::jsonb FROM unnest(ARRAY['0', '-0', '1', '-1', '1.0', '1e3', '1e-3', '32767', '32768', '-32768', '-32769', '2147483647', '2147483648', '-2147483648', '-2147483649', '9999999999999999', '10000000000000000', '99999999999999999', '9223372036854775807', '9223372036854775808',
	'-9223372036854775808', '-9223372036854775809', '1e400', '0.005', '1234.565', '9999.994', '9999.995', '123456789.123456789', '1.500', '100000', '10000', '12345678', '100000000', '-12340000', 'true', 'null']) v;
SELECT count(*) FROM given;
CREATE FUNCTION differences() RETURNS TABLE (name text, value jsonb, corm text, key text, server text) LANGUAGE sql AS $$
	SELECT * FROM (SELECT a.attname::text, g.value, by_corm(a.attname, g.value), CASE WHEN g.value <> 'null' AND a.atttypmod < 0 THEN by_key(a.attname, g.value) ELSE by_server(a.attname, g.value) END AS key, by_server(a.attname, g.value) AS server FROM given g, pg_attribute a
		WHERE a.attrelid = 'moment'::regclass AND a.attname = ANY (CASE jsonb_typeof(g.value) WHEN 'string' THEN '{z,t,d,z3}' WHEN 'number' THEN '{n,i,b,x,x2,z,d}' ELSE '{z,d,i,x}' END::text[])) x (name, value, corm, key, server)
	 WHERE corm IS DISTINCT FROM server OR key IS DISTINCT FROM server $$;
SELECT * FROM differences();
SET DateStyle = 'SQL, DMY';
SET TimeZone = 'America/New_York';
SELECT * FROM differences();
SET DateStyle = 'German, DMY';
SET TimeZone = 'Asia/Kathmandu';
SELECT * FROM differences();
-- many times of each form
DELETE FROM given;
SELECT setseed(0.25);
INSERT INTO given SELECT to_jsonb(to_char(timestamp '0001-01-01' + random() * 3650000 * interval '1 day', 'YYYY-MM-DD' || CASE WHEN random() < 0.5 THEN ' ' ELSE '"T"' END || 'HH24:MI:SS' || (ARRAY['', '.US', '.MS'])[1 + i % 3])
	|| (ARRAY['', 'Z', '+00:00', '-03', '+05:30', '-11:59', '+14'])[1 + i % 7]) FROM generate_series(1, 2000) i;
INSERT INTO given SELECT to_jsonb((date '0001-01-01' + (random() * 3650000)::int)::text) FROM generate_series(1, 500);
SET DateStyle = 'ISO';
INSERT INTO given SELECT to_jsonb((date '0001-01-01' + (random() * 3650000)::int)::text) FROM generate_series(1, 500);
INSERT INTO given SELECT to_jsonb((CASE i % 3 WHEN 0 THEN trunc(((random() - 0.5) * 10 ^ (i % 19))::numeric, 0) WHEN 1 THEN ((random() - 0.5) * 10 ^ (i % 12))::numeric(40, 3) ELSE ((random() - 0.5) * 10 ^ (i % 9))::numeric END)) FROM generate_series(1, 1000) i;
SELECT count(*) FROM given;
SELECT * FROM differences();
DROP SCHEMA times_read CASCADE;
