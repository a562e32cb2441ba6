/*-------------------------------------------------------------------------
 *
 * encode.c
 *	  Column values as JSON text, by the rules of to_json().
 *
 * The bytes are those that to_json() of the row would give.  What it does with
 * a value depends on the value's type alone, so that is decided once for each
 * column; of an array or a composite once for its parts, when the first value
 * comes, and again when a value of another type does, as those of pseudo-types
 * may, or a type was altered.
 *
 * An encoder must be initialized in a memory context that lives as long as it;
 * encoding allocates scratch memory in the current context.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/array.h"
#include "utils/arrayaccess.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"
#include "utils/uuid.h"

#include "encode.h"
#include "encode_number.h"
#include "encode_time.h"

bool		corm_bigint_as_string = false;

/* A column of a composite type. */
typedef struct Field
{
	char	   *prefix;			/* '{"name":' or ',"name":' */
	int			prefix_len;
	CormEncoder encoder;
} Field;

/* What is known of the parts of an array or a composite. */
typedef struct CormParts
{
	MemoryContext parent;
	MemoryContext context;		/* of all below; NULL before the first value */

	/* of an array */
	Oid			elemtype;
	int16		elemlen;
	bool		elembyval;
	char		elemalign;
	CormEncoder element;

	/* of a composite */
	uint64		identifier;		/* which row type "desc" is a copy of */
	TupleDesc	desc;
	Field	   *fields;			/* by attribute */
	Datum	   *values;
	bool	   *isnull;
} CormParts;

static void InitEncoder(CormEncoder *encoder, Oid typid, bool big_as_string);

/* ---------- scalars ---------- */

static void
EncodeBool(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	if (DatumGetBool(value))
		appendBinaryStringInfo(buf, "true", 4);
	else
		appendBinaryStringInfo(buf, "false", 5);
}

static void
FreeCopy(void *detoasted, Datum value)
{
	if (detoasted != (void *) DatumGetPointer(value))
		pfree(detoasted);
}

static void
EncodeText(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	text	   *string = DatumGetTextPP(value);

	CormAppendQuoted(buf, VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string));
	FreeCopy(string, value);
}

static void
EncodeName(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	const char *name = NameStr(*DatumGetName(value));

	CormAppendQuoted(buf, name, strlen(name));
}

static void
EncodeUuid(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	static const char hex[] = "0123456789abcdef";
	const pg_uuid_t *uuid = DatumGetUUIDP(value);
	char	   *to = buf->data + buf->len;

	*to++ = '"';
	for (int i = 0; i < UUID_LEN; i++)
	{
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = hex[uuid->data[i] >> 4];
		*to++ = hex[uuid->data[i] & 0xf];
	}
	*to++ = '"';
	CormAdvance(buf, to);
}

static void
EncodeJson(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	text	   *json = DatumGetTextPP(value);

	appendBinaryStringInfo(buf, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json));
	FreeCopy(json, value);
}

static void
EncodeJsonb(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	Jsonb	   *json = DatumGetJsonbP(value);

	(void) JsonbToCString(buf, &json->root, VARSIZE(json));
	FreeCopy(json, value);
}

/* A type whose output function's text stands in quotes. */
static void
EncodeOutput(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	char	   *text = OutputFunctionCall(unconstify(FmgrInfo *, &encoder->function), value);

	CormAppendQuoted(buf, text, strlen(text));
	pfree(text);
}

static void
EncodeCast(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	text	   *json = DatumGetTextPP(FunctionCall1(unconstify(FmgrInfo *, &encoder->function),
													value));

	appendBinaryStringInfo(buf, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json));
}

/* ---------- parts ---------- */

static CormParts *
MakeParts(void)
{
	CormParts  *parts = palloc0(sizeof(CormParts));

	parts->parent = CurrentMemoryContext;
	return parts;
}

/*
 * Switches to an empty context for what is to be known of the parts, and
 * returns the one before.
 */
static MemoryContext
StartOver(CormParts *parts)
{
	if (parts->context == NULL)
		parts->context = AllocSetContextCreate(parts->parent, "corm encoder",
											   ALLOCSET_SMALL_SIZES);
	MemoryContextReset(parts->context);
	parts->elemtype = InvalidOid;
	parts->identifier = 0;
	return MemoryContextSwitchTo(parts->context);
}

/* ---------- arrays ---------- */

static void
PrepareElements(CormParts *parts, Oid elemtype)
{
	MemoryContext old = StartOver(parts);

	get_typlenbyvalalign(elemtype, &parts->elemlen, &parts->elembyval, &parts->elemalign);
	InitEncoder(&parts->element, elemtype, false);
	parts->elemtype = elemtype;
	MemoryContextSwitchTo(old);
}

/* An array on its way to text. */
typedef struct Walk
{
	const CormParts *parts;
	array_iter	iter;
	int			done;			/* elements so far */
	int			ndim;
	const int  *dims;
} Walk;

static void
WriteDimension(Walk *walk, int dim, StringInfo buf)
{
	const CormParts *parts = walk->parts;
	int			n = walk->dims[dim];

	if (dim + 1 < walk->ndim)
		for (int i = 0; i < n; i++)
		{
			appendStringInfoChar(buf, i == 0 ? '[' : ',');
			WriteDimension(walk, dim + 1, buf);
		}
	else
		for (int i = 0; i < n; i++)
		{
			bool		isnull;
			Datum		value = array_iter_next(&walk->iter, &isnull, walk->done++,
												parts->elemlen, parts->elembyval,
												parts->elemalign);

			CormEncodeNext(&parts->element, buf, i == 0 ? "[" : ",", 1, value, isnull);
		}
	appendStringInfoChar(buf, ']');
}

static void
EncodeArray(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	AnyArrayType *array = DatumGetAnyArrayP(value);
	CormParts  *parts = encoder->parts;
	Walk		walk = {.parts = parts, .ndim = AARR_NDIM(array), .dims = AARR_DIMS(array)};

	check_stack_depth();
	if (ArrayGetNItems(walk.ndim, walk.dims) <= 0)
	{
		appendBinaryStringInfo(buf, "[]", 2);
		return;
	}
	if (parts->elemtype != AARR_ELEMTYPE(array))
		PrepareElements(parts, AARR_ELEMTYPE(array));
	array_iter_setup(&walk.iter, array);
	WriteDimension(&walk, 0, buf);
	if (!VARATT_IS_EXPANDED_HEADER(array))
		FreeCopy(array, value);
}

/* ---------- composites ---------- */

static void
PrepareFields(CormParts *parts, Oid type, int32 typmod, uint64 identifier)
{
	MemoryContext old = StartOver(parts);
	TupleDesc	desc = lookup_rowtype_tupdesc_copy(type, typmod);
	bool		first = true;

	parts->desc = desc;
	parts->fields = palloc0(desc->natts * sizeof(Field));
	parts->values = palloc(desc->natts * sizeof(Datum));
	parts->isnull = palloc(desc->natts * sizeof(bool));
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		StringInfoData prefix;

		if (attribute->attisdropped)
			continue;
		initStringInfo(&prefix);
		appendStringInfoChar(&prefix, first ? '{' : ',');
		escape_json(&prefix, NameStr(attribute->attname));
		appendStringInfoChar(&prefix, ':');
		parts->fields[i].prefix = prefix.data;
		parts->fields[i].prefix_len = prefix.len;
		InitEncoder(&parts->fields[i].encoder, attribute->atttypid, false);
		first = false;
	}
	parts->identifier = identifier;
	MemoryContextSwitchTo(old);
}

/*
 * The value's own header says which type it is of.  A type that is altered
 * between two values gets another identifier.
 */
static void
EncodeComposite(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(value);
	Oid			type = HeapTupleHeaderGetTypeId(header);
	int32		typmod = HeapTupleHeaderGetTypMod(header);
	uint64		identifier = assign_record_type_identifier(type, typmod);
	CormParts  *parts = encoder->parts;
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};
	bool		empty = true;

	check_stack_depth();
	if (parts->identifier != identifier)
		PrepareFields(parts, type, typmod, identifier);
	ItemPointerSetInvalid(&tuple.t_self);
	heap_deform_tuple(&tuple, parts->desc, parts->values, parts->isnull);
	for (int i = 0; i < parts->desc->natts; i++)
	{
		const Field *field = &parts->fields[i];

		if (field->prefix == NULL)
			continue;
		empty = false;
		CormEncodeNext(&field->encoder, buf, field->prefix, field->prefix_len,
					   parts->values[i], parts->isnull[i]);
	}
	if (empty)
		appendStringInfoChar(buf, '{');
	appendStringInfoChar(buf, '}');
	FreeCopy(header, value);
}

/* ---------- choosing ---------- */

static void
InitOutput(CormEncoder *encoder)
{
	Oid			output;
	bool		varlena;

	getTypeOutputInfo(encoder->typid, &output, &varlena);
	fmgr_info(output, &encoder->function);
}

/*
 * Is there a cast to json that to_json() heeds?  It does so for types that are
 * not the server's own.
 */
static bool
InitCast(CormEncoder *encoder)
{
	Oid			function;

	if (encoder->typid < FirstNormalObjectId ||
		find_coercion_pathway(JSONOID, encoder->typid, COERCION_EXPLICIT,
							  &function) != COERCION_PATH_FUNC ||
		!OidIsValid(function))
		return false;
	fmgr_info(function, &encoder->function);
	return true;
}

/*
 * All types that have no encoder of their own.
 */
static void
InitOther(CormEncoder *encoder)
{
	Oid			typid = encoder->typid;

	if (OidIsValid(get_element_type(typid)) || typid == ANYARRAYOID ||
		typid == ANYCOMPATIBLEARRAYOID || typid == RECORDARRAYOID)
	{
		encoder->encode = EncodeArray;
		encoder->parts = MakeParts();
	}
	else if (type_is_rowtype(typid))
	{
		encoder->encode = EncodeComposite;
		encoder->parts = MakeParts();
	}
	else if (InitCast(encoder))
		encoder->encode = EncodeCast;
	else
	{
		encoder->encode = EncodeOutput;
		InitOutput(encoder);
	}
}

static void
InitEncoder(CormEncoder *encoder, Oid typid, bool big_as_string)
{
	memset(encoder, 0, sizeof(*encoder));

	/* a type that bootstrap makes is no domain, and need not be looked up */
	encoder->typid = typid < FirstUnpinnedObjectId ? typid : getBaseType(typid);
	switch (encoder->typid)
	{
		case BOOLOID:
			encoder->encode = EncodeBool;
			break;
		case INT2OID:
		case INT4OID:
		case INT8OID:
			CormEncodeAsNumber(encoder, big_as_string);
			break;
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			InitOutput(encoder);
			CormEncodeAsNumber(encoder, big_as_string);
			break;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			encoder->encode = EncodeText;
			break;
		case NAMEOID:
			encoder->encode = EncodeName;
			break;
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			CormEncodeAsTime(encoder);
			break;
		case UUIDOID:
			encoder->encode = EncodeUuid;
			encoder->room = 2 * UUID_LEN + 4 + 2;
			break;
		case JSONOID:
			encoder->encode = EncodeJson;
			break;
		case JSONBOID:
			encoder->encode = EncodeJsonb;
			break;
		default:
			InitOther(encoder);
	}
}

void
CormEncoderInit(CormEncoder *encoder, Oid typid)
{
	InitEncoder(encoder, typid, corm_bigint_as_string);
}
