# corm -- built with PGXS, inside the source tree or outside of it:
#
#	make && make install && make installcheck
#	make -C /some/build/dir -f /path/to/corm/Makefile PG_CONFIG=/path/to/pg_config
#
# WERROR=1 turns warnings into errors, SANITIZE=undefined and COVERAGE=1
# build for a checking run.  The version lives in corm.control alone.

top := $(dir $(firstword $(MAKEFILE_LIST)))

EXTENSION = corm
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(top)corm.control)
MODULE_big = corm
PGFILEDESC = "corm - models, relations and querysets"

OBJS = $(patsubst $(top)%.c,%.o,$(sort $(wildcard $(top)src/*.c)))

# The install script is joined from its parts.  Scripts of released versions
# are frozen copies; the current version's own copy would collide with the
# joined one.
SCRIPT = build/corm--$(EXTVERSION).sql
SCRIPT_PARTS := $(sort $(wildcard $(top)src/sql/*.sql))
DATA_built = $(SCRIPT)
DATA = $(patsubst $(top)%,%,$(sort $(wildcard $(top)src/sql/update/*.sql)) \
	$(filter-out %/corm--$(EXTVERSION).sql,$(sort $(wildcard $(top)src/sql/released/*.sql))))

# In the order in which they run: install first, uninstall last.
# test/tools/check compares these lists with the files.
REGRESS = \
	install \
	queryset \
	overloads \
	allow_syntax \
	model \
	relation_fk \
	relation_m2m \
	naming \
	relation_on \
	rename_drop \
	ddl_follow \
	adopt \
	adopt_link \
	adopt_corners \
	adopt_scale \
	define_errors \
	export \
	define \
	define_document \
	define_privileges \
	read_basic \
	read_overloads \
	filter_lookups \
	filter_relations \
	lookups_typed \
	quantifiers \
	annotate \
	closures \
	allow \
	prefetch \
	trees \
	slices \
	strategies \
	direct_scan \
	root_scan \
	leaf_scan \
	row_cache \
	row_cache_calls \
	kept_requests \
	kept_reads \
	kept_texts \
	times_read \
	order \
	page \
	aggregate \
	group_by \
	read_corners \
	read_errors \
	values \
	matches \
	typed_rows \
	accessors \
	inline_rows \
	seed_relations \
	keys \
	types \
	privileges \
	rls \
	search_path \
	ddl_between \
	plan_cache \
	inspect \
	limits \
	stats \
	check \
	describe \
	diagram \
	settings \
	seed_writes \
	link_m2m \
	link_fk \
	link_shared \
	link_random \
	toggle \
	create \
	update \
	delete \
	permit \
	bulk_create \
	bulk_text \
	bulk_update \
	get_or_create \
	counter_cache \
	counter_errors \
	save \
	save_verbs \
	save_errors \
	write_overloads \
	write_errors \
	orm_cases \
	orm_cases_2 \
	server_cases \
	server_cases_2 \
	uninstall
REGRESS_OPTS = --load-extension=corm

ISOLATION = \
	define_stale_cache \
	define_rollback \
	define_same_name \
	define_during_ddl \
	read_during_ddl \
	read_one_snapshot \
	read_frozen_snapshot \
	read_pages \
	scan_cursor \
	scan_write_skew \
	row_cache \
	row_cache_skew \
	kept_requests \
	scan_index_ddl \
	write_add \
	write_set \
	write_toggle \
	write_shared \
	write_children \
	write_create \
	write_update \
	write_version \
	write_locks \
	upsert_unique \
	upsert_locked \
	upsert_bulk \
	counter_writers \
	save_tree
ISOLATION_OPTS = --inputdir=$(top)test/isolation --load-extension=corm

# The TAP tests start servers of their own, which initdb refuses to root.
tap_files := $(sort $(wildcard $(top)test/tap/*.pl))
ifneq (,$(tap_files))
ifeq (,$(shell perl -MIPC::Run -e 1 2>&1))
ifneq (0,$(shell id -u))
TAP_TESTS = 1
PROVE_TESTS = $(patsubst $(top)%,%,$(tap_files))
endif
endif
endif

PG_CPPFLAGS = -DCORM_VERSION='"$(EXTVERSION)"'
override PG_CFLAGS += -std=gnu11 -Wall -Wextra -Wno-unused-parameter \
	-Wno-sign-compare -Wno-missing-field-initializers -MMD -MP
ifdef WERROR
override PG_CFLAGS += -Werror
endif
ifdef SANITIZE
override PG_CFLAGS += -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -g -O1
SHLIB_LINK += -fsanitize=$(SANITIZE)
endif
ifdef COVERAGE
override PG_CFLAGS += --coverage -O0
SHLIB_LINK += --coverage
endif
# Calls from module to module are bound here, not by name in every new session.
ifeq (Linux,$(shell uname -s))
SHLIB_LINK += -Wl,-Bsymbolic
endif
# The server's own flags are gcc's; clang does not know them all.
ifneq (,$(findstring clang,$(CC)))
override PG_CFLAGS += -Wno-unknown-warning-option \
	-Wno-ignored-optimization-argument -Wno-ignored-attributes
endif

EXTRA_CLEAN = build $(OBJS:.o=.d) $(OBJS:.o=.gcno) $(OBJS:.o=.gcda)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
ifeq (,$(PGXS))
$(error $(PG_CONFIG) does not run: install the server's development package, or set PG_CONFIG)
endif

# Bitcode only feeds the server's JIT compiler: without the clang that the
# server was built with, and in a checking build, go without it.
pgxs_clang := $(shell sed -n 's/^CLANG *= *//p' $(dir $(PGXS))../Makefile.global)
ifneq (,$(SANITIZE)$(COVERAGE))
override with_llvm = no
else ifeq (,$(shell command -v $(firstword $(pgxs_clang) clang) 2>/dev/null))
override with_llvm = no
endif

include $(PGXS)

# Outside of the source tree only sources are looked up there, never objects
# that a build inside the tree has left, maybe for another server.
override VPATH :=
vpath %.c $(srcdir)
vpath %.control $(srcdir)
$(shell mkdir -p src)

$(OBJS): $(top)Makefile $(top)corm.control
# The bitcode rule tracks no headers: follow the object, which does.
$(OBJS:.o=.bc): %.bc: %.o
-include $(OBJS:.o=.d)

$(SCRIPT): $(SCRIPT_PARTS) $(top)corm.control $(top)Makefile
	@mkdir -p $(@D)
	cat $(SCRIPT_PARTS) > $@.tmp
	mv $@.tmp $@

# pgTAP files, in a database of their own on the server that PGHOST and
# PGPORT name.  Needs the extension pgtap there and pg_prove here.
PGTAP_DB = corm_pgtap
PG_PROVE = pg_prove
PSQL_RUN = $(bindir)/psql -X -q -v ON_ERROR_STOP=1
.PHONY: pgtap
pgtap:
	$(PSQL_RUN) -d postgres -c 'SET client_min_messages = warning' \
		-c 'DROP DATABASE IF EXISTS $(PGTAP_DB)' -c 'CREATE DATABASE $(PGTAP_DB) TEMPLATE template0'
	$(PSQL_RUN) -d $(PGTAP_DB) -c 'CREATE EXTENSION corm' -c 'CREATE EXTENSION pgtap'
	$(PG_PROVE) -d $(PGTAP_DB) $(PG_PROVE_OPTS) $(sort $(wildcard $(top)test/pgtap/*.sql))
	$(PSQL_RUN) -d postgres -c 'DROP DATABASE $(PGTAP_DB)'

# What the test tools ask.
.PHONY: print-regress print-isolation
print-regress:
	@printf '%s\n' $(REGRESS)
print-isolation:
	@printf '%s\n' $(ISOLATION)
