/*-------------------------------------------------------------------------
 *
 * encode.c
 *	  Column values as JSON text, by the rules of to_json().
 *
 * The bytes are those that to_json() of the row would give.  Types whose rule
 * is one call away are written directly; everything else (arrays, composites,
 * types with a cast to json, floating point with its NaN) goes through
 * to_json() itself.
 *
 * An encoder must be initialized in a memory context that lives as long as it;
 * encoding allocates scratch memory in the current context.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "encode.h"

bool		corm_bigint_as_string = false;

static void
EncodeBool(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	if (DatumGetBool(value))
		appendBinaryStringInfo(buf, "true", 4);
	else
		appendBinaryStringInfo(buf, "false", 5);
}

static void
EncodeInteger(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	enlargeStringInfo(buf, MAXINT8LEN + 1);
	if (encoder->typid == INT8OID)
		buf->len += pg_lltoa(DatumGetInt64(value), buf->data + buf->len);
	else if (encoder->typid == INT4OID)
		buf->len += pg_ltoa(DatumGetInt32(value), buf->data + buf->len);
	else
		buf->len += pg_itoa(DatumGetInt16(value), buf->data + buf->len);
}

static void
EncodeBigintString(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	appendStringInfoChar(buf, '"');
	EncodeInteger(encoder, buf, value);
	appendStringInfoChar(buf, '"');
}

static void
EncodeText(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	escape_json(buf, TextDatumGetCString(value));
}

static void
EncodeJson(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	struct varlena *json = PG_DETOAST_DATUM_PACKED(value);

	appendBinaryStringInfo(buf, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json));
}

/* JSON needs room for one timestamp, its zone included. */
static void
EncodeTime(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	char		text[MAXDATELEN + 1];

	JsonEncodeDateTime(text, value, encoder->typid, NULL);
	appendStringInfo(buf, "\"%s\"", text);
}

/* A type whose output function's text stands in quotes. */
static void
EncodeOutput(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	escape_json(buf, OutputFunctionCall(unconstify(FmgrInfo *, &encoder->function), value));
}

static void
EncodeGeneric(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	text	   *json = DatumGetTextPP(FunctionCall1(unconstify(FmgrInfo *, &encoder->function),
													value));

	appendBinaryStringInfo(buf, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json));
}

static void
InitOutput(CormEncoder *encoder)
{
	Oid			output;
	bool		varlena;

	getTypeOutputInfo(encoder->typid, &output, &varlena);
	fmgr_info(output, &encoder->function);
}

/*
 * to_json() learns its argument's type from the expression it is called in.
 */
static void
InitGeneric(CormEncoder *encoder)
{
	Param	   *arg = makeNode(Param);

	arg->paramkind = PARAM_EXTERN;
	arg->paramid = 1;
	arg->paramtype = encoder->typid;
	arg->paramtypmod = -1;
	fmgr_info(F_TO_JSON, &encoder->function);
	fmgr_info_set_expr((Node *) makeFuncExpr(F_TO_JSON, JSONOID, list_make1(arg),
											 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL),
					   &encoder->function);
}

void
CormEncoderInit(CormEncoder *encoder, Oid typid)
{
	encoder->typid = getBaseType(typid);
	switch (encoder->typid)
	{
		case BOOLOID:
			encoder->encode = EncodeBool;
			break;
		case INT2OID:
		case INT4OID:
			encoder->encode = EncodeInteger;
			break;
		case INT8OID:
			encoder->encode = corm_bigint_as_string ? EncodeBigintString : EncodeInteger;
			break;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			encoder->encode = EncodeText;
			break;
		case JSONOID:
			encoder->encode = EncodeJson;
			break;
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			encoder->encode = EncodeTime;
			break;
		case UUIDOID:
			encoder->encode = EncodeOutput;
			InitOutput(encoder);
			break;
		case NUMERICOID:
			if (corm_bigint_as_string)
			{
				encoder->encode = EncodeOutput;
				InitOutput(encoder);
				break;
			}
			/* FALLTHROUGH */
		default:
			encoder->encode = EncodeGeneric;
			InitGeneric(encoder);
	}
}
