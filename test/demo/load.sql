-- Fills the tables; the files are in the current directory.
\copy maintainers (id, name, email) FROM 'maintainers.tsv'
\copy sections (id, name, area) FROM 'sections.tsv'
\copy architectures (name) FROM 'architectures.tsv'
\copy sources (id, name) FROM 'sources.tsv'
\copy packages (id, name, version, installed, virtual, essential, priority, installed_size, homepage, summary, maintainer_id, section_id, architecture_name, source_id) FROM 'packages.tsv'
\copy dependencies (package_id, target_id, kind, version, position, alternative) FROM 'dependencies.tsv'
\copy packages_packages (from_package_id, to_package_id) FROM 'provided.tsv'

-- COPY brought its own numbers.
SELECT setval(pg_get_serial_sequence('maintainers', 'id'), max(id)) FROM maintainers;
SELECT setval(pg_get_serial_sequence('sections', 'id'), max(id)) FROM sections;
SELECT setval(pg_get_serial_sequence('sources', 'id'), max(id)) FROM sources;
SELECT setval(pg_get_serial_sequence('packages', 'id'), max(id)) FROM packages;

ANALYZE;
