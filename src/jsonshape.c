/*-------------------------------------------------------------------------
 *
 * jsonshape.c
 *	  A JSON value as a row of nodes, to be compared with others of its shape.
 *
 * Requests come again and again with other values in them.  To know one again takes
 * less than to read it: its binary form is gone through once, nothing is copied, and
 * nodes are compared one by one.
 *
 * Two values have one shape if they have the same keys, and arrays, objects, strings,
 * numbers, booleans and nulls in the same places.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "jsonshape.h"

/* Kinds are JEntry types, but for these. */
#define NODE_KEY		0x00000001	/* that alone */
#define NODE_CONTAINER	0x80000000	/* with the header of an array or object */

static bool AddContainer(const JsonbContainer *container, int len, CormShapeNode *nodes,
						 int *n, int most);

static inline bool
IsContainer(const CormShapeNode *node)
{
	return (node->kind & NODE_CONTAINER) != 0;
}

static bool
AddEntry(JEntry entry, const char *data, int len, CormShapeNode *nodes, int *n, int most)
{
	CormShapeNode *node;
	const char *aligned = (const char *) INTALIGN((uintptr_t) data);

	if (JBE_ISCONTAINER(entry))
		return AddContainer((const JsonbContainer *) aligned, len - (aligned - data),
							nodes, n, most);
	if (*n == most)
		return false;
	node = &nodes[(*n)++];
	node->kind = entry & JENTRY_TYPEMASK;
	node->data = data;
	node->len = 0;
	if (JBE_ISSTRING(entry))
		node->len = len;
	else if (JBE_ISNUMERIC(entry))
	{
		node->data = aligned;
		node->len = VARSIZE_ANY(aligned);
	}
	return true;
}

/* Keys of an object come first, all of them, then its values in their order. */
static bool
AddContainer(const JsonbContainer *container, int len, CormShapeNode *nodes, int *n,
			 int most)
{
	int			size = JsonContainerSize(container);
	int			nkeys = JsonContainerIsObject(container) ? size : 0;
	int			nentries = size + nkeys;
	const char *base = (const char *) &container->children[nentries];
	uint32		offset = 0;

	check_stack_depth();
	if (nentries >= most - *n)
		return false;
	nodes[*n].kind = container->header | NODE_CONTAINER;
	nodes[*n].len = len;
	nodes[(*n)++].data = (const char *) container;
	for (int i = 0; i < nentries; i++)
	{
		JEntry		entry = container->children[i];
		uint32		start = offset;

		JBE_ADVANCE_OFFSET(offset, entry);
		if (!AddEntry(entry, base + start, offset - start, nodes, n, most))
			return false;
		if (i < nkeys)
			nodes[*n - 1].kind = NODE_KEY;
	}
	return true;
}

bool
CormShapeAdd(const Jsonb *json, CormShapeNode *nodes, int *n, int most)
{
	return AddContainer(&json->root, VARSIZE(json) - VARHDRSZ, nodes, n, most);
}

CormShapeNode
CormShapeBytes(const char *bytes, int len)
{
	return (CormShapeNode) {NODE_KEY, len, bytes};
}

uint32
CormShapeHash(const CormShapeNode *nodes, int n)
{
	uint32		hash = n;

	for (int i = 0; i < n; i++)
	{
		hash = (hash ^ nodes[i].kind) * 0x9E3779B1;
		if (nodes[i].kind == NODE_KEY)
			hash ^= hash_bytes((const unsigned char *) nodes[i].data, nodes[i].len);
	}
	return murmurhash32(hash);
}

bool
CormShapesMatch(const CormShapeNode *a, const CormShapeNode *b, int n, const bool *free)
{
	for (int i = 0; i < n; i++)
		if (a[i].kind != b[i].kind ||
			((!free[i] || a[i].kind == NODE_KEY) && !IsContainer(&a[i]) &&
			 (a[i].len != b[i].len || memcmp(a[i].data, b[i].data, a[i].len) != 0)))
			return false;
	return true;
}

/* Where a value's bytes are; NULL when it has none. */
static const char *
BytesOf(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return value->val.string.val;
		case jbvNumeric:
			return (const char *) value->val.numeric;
		case jbvBinary:
			return (const char *) value->val.binary.data;
		default:
			return NULL;
	}
}

/* Empty strings may stand where others begin. */
int
CormShapeFind(const CormShapeNode *nodes, int n, const JsonbValue *value)
{
	const char *bytes = BytesOf(value);
	int			found = -1;

	if (bytes == NULL || (value->type == jbvString && value->val.string.len == 0))
		return -1;
	for (int i = 0; found < 0 && i < n; i++)
		if (nodes[i].data == bytes && nodes[i].kind != NODE_KEY &&
			(value->type == jbvBinary) == IsContainer(&nodes[i]) &&
			(value->type != jbvString || nodes[i].len == value->val.string.len))
			found = i;
	return found;
}

void
CormShapeRead(const CormShapeNode *node, JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			value->val.string.val = unconstify(char *, node->data);
			value->val.string.len = node->len;
			break;
		case jbvNumeric:
			value->val.numeric = (Numeric) unconstify(char *, node->data);
			break;
		default:
			Assert(value->type == jbvBinary);
			value->val.binary.data = (JsonbContainer *) unconstify(char *, node->data);
			value->val.binary.len = node->len;
			break;
	}
}

int
CormShapeSpan(const CormShapeNode *nodes)
{
	int			span = 1;
	int			inner;

	if (!IsContainer(nodes))
		return 1;
	inner = nodes->kind & JB_CMASK;
	if (nodes->kind & JB_FOBJECT)
		inner *= 2;
	for (int i = 0; i < inner; i++)
		span += CormShapeSpan(nodes + span);
	return span;
}
