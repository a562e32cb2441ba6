-- The machine's package database as models.
CREATE EXTENSION corm;

SELECT corm.create_model('Maintainer', '{
	"name":  {"type": "text", "nullable": false},
	"email": "text"
}');
SELECT corm.create_model('Section', '{
	"name": {"type": "text", "nullable": false, "unique": true},
	"area": {"type": "text", "nullable": false}
}');
SELECT corm.create_model('Architecture', '{
	"name": {"type": "text", "primary_key": true}
}');
SELECT corm.create_model('Source', '{
	"name": {"type": "text", "nullable": false, "unique": true}
}');

-- Relations can stand among the fields. A package that others only name has
-- neither version nor section.
SELECT corm.create_model('Package', '{
	"name":           {"type": "text", "nullable": false, "unique": true},
	"version":        "text",
	"installed":      {"type": "boolean", "nullable": false},
	"virtual":        {"type": "boolean", "nullable": false},
	"essential":      {"type": "boolean", "nullable": false},
	"priority":       "text",
	"installed_size": "bigint",
	"homepage":       "text",
	"summary":        "text",
	"maintainer":     {"foreign_key": "Maintainer"},
	"section":        {"foreign_key": "Section"}
}');
-- Or be declared later.
SELECT corm.foreign_key('Package', 'architecture', 'Architecture');
SELECT corm.foreign_key('Package', 'source', 'Source');

-- A link table with columns of its own is a model like any other.
SELECT corm.create_model('Dependency', '{
	"package":     {"foreign_key": "Package", "related_name": "dependencies", "nullable": false, "on_delete": "cascade"},
	"target":      {"foreign_key": "Package", "related_name": "dependents", "nullable": false},
	"kind":        {"type": "text", "nullable": false},
	"version":     "text",
	"position":    "integer",
	"alternative": "integer"
}', 'dependencies');
-- Tables are ordinary tables: what corm has no call for is plain SQL.
ALTER TABLE dependencies ADD UNIQUE (package_id, target_id);
SELECT corm.many_to_many('Package', 'depends', 'Package', through => 'Dependency', related_name => 'needed_by',
	through_relation_name => 'package', through_reverse_relation_name => 'target');

-- Without a model to go through, corm makes the link table.
SELECT corm.many_to_many('Package', 'provides', 'Package', related_name => 'provided_by');

-- What was there before corm: the machine's users and groups, in plain SQL. The
-- tour adopts it.
CREATE SCHEMA accounts;
CREATE TABLE accounts.groups (gid int PRIMARY KEY, name text NOT NULL);
CREATE TABLE accounts.shells (path text PRIMARY KEY);
CREATE TABLE accounts.users (
	uid int PRIMARY KEY,
	name text NOT NULL,
	home text NOT NULL,
	shell_path text NOT NULL REFERENCES accounts.shells,
	primary_gid int NOT NULL REFERENCES accounts.groups
);
CREATE TABLE accounts.members (
	user_uid int REFERENCES accounts.users,
	group_gid int REFERENCES accounts.groups,
	PRIMARY KEY (user_uid, group_gid)
);
CREATE VIEW accounts.people AS SELECT uid, name FROM accounts.users WHERE uid BETWEEN 1000 AND 60000;
