-- Fills the tables; the files are in the current directory.
\copy maintainers (id, name, email) FROM 'maintainers.tsv'
\copy sections (id, name, area) FROM 'sections.tsv'
\copy architectures (name) FROM 'architectures.tsv'
\copy sources (id, name) FROM 'sources.tsv'
\copy packages (id, name, version, installed, virtual, essential, priority, installed_size, homepage, summary, maintainer_id, section_id, architecture_name, source_id) FROM 'packages.tsv'
\copy dependencies (package_id, target_id, kind, version, position, alternative) FROM 'dependencies.tsv'
\copy packages_packages (from_package_id, to_package_id) FROM 'provided.tsv'

-- Numbers may be there twice in these files.
CREATE TEMP TABLE account (name text, password text, uid int, gid int, comment text, home text, shell text);
CREATE TEMP TABLE unit (name text, password text, gid int, members text);
\copy account FROM '/etc/passwd' (DELIMITER ':')
\copy unit FROM '/etc/group' (DELIMITER ':')
INSERT INTO accounts.groups SELECT gid, min(name) FROM unit GROUP BY gid;
INSERT INTO accounts.shells SELECT DISTINCT COALESCE(shell, '') FROM account;
INSERT INTO accounts.users SELECT DISTINCT ON (uid) uid, a.name, home, COALESCE(shell, ''), gid FROM account a JOIN accounts.groups USING (gid) ORDER BY uid, a.name;
INSERT INTO accounts.members SELECT uid, primary_gid FROM accounts.users
	UNION SELECT u.uid, unit.gid FROM unit JOIN accounts.users u ON u.name = ANY (string_to_array(unit.members, ','));

-- COPY brought its own numbers.
SELECT setval(pg_get_serial_sequence('maintainers', 'id'), max(id)) FROM maintainers;
SELECT setval(pg_get_serial_sequence('sections', 'id'), max(id)) FROM sections;
SELECT setval(pg_get_serial_sequence('sources', 'id'), max(id)) FROM sources;
SELECT setval(pg_get_serial_sequence('packages', 'id'), max(id)) FROM packages;

ANALYZE;
