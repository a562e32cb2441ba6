-- The settings, their defaults and what they refuse.
SELECT corm.version() IS NOT NULL AS loaded;
SELECT name, setting, unit, context, vartype, min_val, max_val, boot_val, short_desc FROM pg_settings WHERE name LIKE 'corm.%' ORDER BY name COLLATE "C";
SET corm.batch_size = 0;
SET corm.batch_size = -1;
SET corm.batch_size = 1000001;
SET corm.batch_size = 'many';
SET corm.batch_size = 2.6; SHOW corm.batch_size;
SET corm.batch_size = DEFAULT; SHOW corm.batch_size;
SET corm.plan_cache_size = 0;
SET corm.plan_cache_size = '1 kB';
SET corm.bigint_as_string = 2;
SET corm.bigint_as_string = 'y'; SHOW corm.bigint_as_string;
RESET corm.bigint_as_string;
SET corm.max_rows = -1;
SET corm.max_rows = 0; SHOW corm.max_rows; RESET corm.max_rows;
-- strategies
SELECT name, enumvals FROM pg_settings WHERE name LIKE 'corm.%strategy' ORDER BY name COLLATE "C";
SET corm.slice_strategy = 'best';
SET corm.to_one_strategy = off;
SET corm.key_strategy = '';
SET corm.key_strategy = 'JOIN'; SHOW corm.key_strategy; RESET corm.key_strategy;
-- the prefix is taken
SET corm.no_such_setting = 1;
SELECT set_config('corm.bigint_as_strings', 'on', false);
-- meant for roles, functions and transactions
CREATE ROLE regress_corm_settings;
ALTER ROLE regress_corm_settings SET corm.bigint_as_string = on;
SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'regress_corm_settings'::regrole;
SET client_min_messages = warning;
CREATE SCHEMA test_settings;
SET search_path = test_settings;
CREATE TABLE big (id bigint PRIMARY KEY);
INSERT INTO big VALUES (9007199254740993);
SELECT corm.register_model('big');
CREATE FUNCTION as_string() RETURNS json LANGUAGE sql STABLE SET corm.bigint_as_string = on AS $$ SELECT corm.get('test_settings.big') $$;
SELECT corm.get('big') AS plain, as_string(), corm.get('big') AS plain;
BEGIN; SET LOCAL corm.bigint_as_string = on; SELECT corm.get('big'); COMMIT;
SELECT corm.get('big');
-- any role may set them
GRANT USAGE ON SCHEMA test_settings TO regress_corm_settings;
GRANT SELECT ON big TO regress_corm_settings;
SET ROLE regress_corm_settings;
SET corm.bigint_as_string = on; SET corm.batch_size = 1; SET corm.plan_cache_size = 1; SET corm.max_rows = 1;
SET corm.slice_strategy = 'window'; SET corm.to_one_strategy = 'separate'; SET corm.key_strategy = 'join';
SELECT corm.all('big');
RESET ROLE;
RESET corm.bigint_as_string; RESET corm.batch_size; RESET corm.plan_cache_size; RESET corm.max_rows;
RESET corm.slice_strategy; RESET corm.to_one_strategy; RESET corm.key_strategy;
DROP SCHEMA test_settings CASCADE;
DROP ROLE regress_corm_settings;
