# corm -- PGXS makefile.  The version lives in corm.control alone.
EXTENSION = corm
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" corm.control)
MODULE_big = corm
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c)))
SCRIPT = build/corm--$(EXTVERSION).sql
DATA_built = $(SCRIPT)
PG_CFLAGS = -std=gnu11 -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers -Wno-declaration-after-statement -MMD -MP -DCORM_VERSION='"$(EXTVERSION)"'
EXTRA_CLEAN = build src/*.d
PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

$(SCRIPT): $(sort $(wildcard src/sql/*.sql)) corm.control
	@mkdir -p build
	cat $(sort $(wildcard src/sql/*.sql)) > $@

-include $(OBJS:.o=.d)
