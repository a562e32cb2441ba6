-- What corm does with the package database: each step prints its title, the
-- statement and the result.  The packages named here are on every machine.
\pset format unaligned

SELECT id AS apt FROM packages WHERE name = 'apt' \gset
SELECT id AS bash FROM packages WHERE name = 'bash' \gset
SELECT id AS dpkg FROM packages WHERE name = 'dpkg' \gset
SELECT id AS libc FROM packages WHERE name = 'libc6' \gset
SELECT id AS shells FROM sections WHERE name = 'shells' \gset

\echo
\echo 'The models and their relations were declared by test/demo/schema.sql; the tables'
\echo 'are ordinary tables with ordinary foreign keys.'
\echo
\echo '== The relations of a package, in both directions'
\set ECHO queries
SELECT relation, kind, target, through FROM corm.relations WHERE model = 'Package' ORDER BY kind, relation;
\set ECHO none

\echo
\echo '== One package by its name, with the rows it refers to'
\set ECHO queries
SELECT corm.get(corm.select_related(corm.fields('Package', 'name', 'version'), 'section', 'maintainer'), '{"name": "apt"}');
\set ECHO none

\echo
\echo '== The other direction: the largest installed packages of a section'
\set ECHO queries
SELECT * FROM corm.all(corm.relation('Section', :shells, 'packages',
	filter => '{"installed": true}', order_by => '{-installed_size}', limit_count => 3, fields => '{name,installed_size}'));
\set ECHO none

\echo
\echo '== From the rows of any query'
\set ECHO queries
SELECT s.name, corm.count(corm.relation(s, 'packages'), '{"installed": true}') AS installed,
	corm.list(corm.relation(s, 'packages', filter => '{"essential": true}', fields => '{name}', limit_count => 3)) AS essential
  FROM sections s WHERE s.name IN ('admin', 'shells', 'utils') ORDER BY s.name;
\set ECHO none

\echo
\echo '== A filter across three relations: maintainers of packages that depend on something of section perl'
\set ECHO queries
SELECT * FROM corm.all(corm.limit(corm.fields(corm.order_by('Maintainer', 'name'), 'name', 'email'), 4),
	'{"packages__depends__section__name": "perl"}');
\set ECHO none

\echo
\echo '== A root counts once, however many rows match along the way'
\set ECHO queries
SELECT corm.count('Package', '{"needed_by__maintainer__name__icontains": "apt"}') AS packages,
	corm.exists('Package', '{"needed_by__name": "apt", "section__name": "libs"}') AS "apt needs a library";
\set ECHO none

\echo
\echo '== A nested prefetch: two packages per section, two dependents per package, one statement per level'
\set ECHO queries
SELECT * FROM corm.all(corm.prefetch_related(corm.fields('Section', 'name'), '{
	"packages": {"filter": {"installed": true}, "order_by": ["-installed_size"], "limit": 2,
		"fields": ["name", "version"], "select_related": ["architecture"],
		"prefetch_related": {"needed_by": {"order_by": ["name"], "limit": 2, "fields": ["name"]}}}
	}'), '{"name": "perl"}');
\set ECHO none

\echo
\echo '== The columns of the link itself come under the name of its model'
\set ECHO queries
SELECT * FROM corm.all(corm.relation('Package', :apt, 'depends',
	order_by => '{Dependency__position,Dependency__alternative}', limit_count => 5, fields => '{name,Dependency}'));
SELECT * FROM corm.all(corm.relation('Package', :libc, 'needed_by',
	filter => '{"Dependency__kind": "Pre-Depends"}', fields => '{name,Dependency__version}', limit_count => 3));
\set ECHO none

\echo
\echo '== A virtual package: who provides it, who needs it'
\set ECHO queries
SELECT corm.get(corm.prefetch_related(corm.fields('Package', 'name', 'virtual'), '{
	"provided_by": {"fields": ["name", "installed"], "limit": 3},
	"needed_by": {"fields": ["name"], "limit": 3}
	}'), '{"name": "awk"}');
\set ECHO none

\echo
\echo '== Links come and go: each call says how many changed, calling it again changes nothing'
\set ECHO queries
BEGIN;
SELECT corm.add(corm.relation('Package', :bash, 'needed_by'), :apt, '{"kind": "Suggests", "position": 99}') AS added;
SELECT corm.add(corm.relation('Package', :bash, 'needed_by'), :apt, '{"kind": "Suggests", "position": 99}') AS again;
SELECT * FROM corm.all(corm.relation('Package', :apt, 'depends', filter => '{"name": "bash"}', fields => '{name,Dependency}'));
SELECT corm.remove(corm.relation('Package', :apt, 'depends'), :bash) AS removed;
SELECT corm.set(corm.relation('Package', :bash, 'provides'), ARRAY[:apt, :dpkg]) AS set;
SELECT corm.create(corm.fields(corm.relation('Section', :shells, 'packages'), 'name', 'section_id'),
	'{"name": "new-shell", "installed": false, "virtual": false, "essential": false}');
ROLLBACK;
\set ECHO none

\echo
\echo '== A schema that was there before: what its tables and foreign keys would become'
\set ECHO queries
SELECT action, model, relation, target, detail FROM corm.adopt('accounts', dry_run => true);
\set ECHO none

\echo
\echo '== Adopted, and read: no table has changed'
\set ECHO queries
SELECT action, count(*) FROM corm.adopt('accounts') GROUP BY action ORDER BY action;
SELECT corm.get('{"model": "accounts.users", "filter": {"name": "root"}, "fields": ["uid", "name"],
	"select_related": ["shell"], "prefetch_related": ["groups"]}');
SELECT * FROM corm.all(corm.limit(corm.order_by(corm.annotate('accounts.shells', '{"n": "users__count"}'), '-n', 'path'), 2));
\set ECHO none

\echo
\echo '== The statements behind a nested fetch'
\set ECHO queries
SELECT corm.sql(corm.prefetch_related(corm.filter('Section', '{"name": "shells"}'),
	'{"packages": {"order_by": ["name"], "limit": 2, "fields": ["name"], "select_related": ["maintainer"]}}'));
\set ECHO none
