/*-------------------------------------------------------------------------
 *
 * encode_time.c
 *	  Dates and times as JSON text.
 *
 * Years of four digits are written here, all else by JsonEncodeDateTime():
 * infinities, years before Christ and beyond 9999.
 *
 * The distance of a zone from UTC is looked up once for each stretch of time
 * between two of its changes, and kept for the session.  A zone, once read,
 * stays in memory for good, so that its address tells whether what is kept
 * belongs to the zone that is set now.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "pgtime.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "encode_time.h"

/* Days from 2000-01-01 to 0001-01-01 and to 9999-12-31. */
#define FIRST_DAY (-730119)
#define LAST_DAY 2921939

/* No zone that is written here is further from UTC, in seconds and in days. */
#define MOST_OFFSET (99 * SECS_PER_HOUR)
#define MOST_OFFSET_DAYS 5

#define TIME_ROOM (MAXDATELEN + 3)

/* From one change of a zone's offset to the next one, "until" excluded. */
typedef struct Span
{
	pg_time_t	from;
	pg_time_t	until;
	int			offset;			/* seconds east of UTC */
} Span;

/*
 * A value is looked for in one place only, which depends on the quarter of a
 * year (2^23 seconds) that it falls into.
 */
#define QUARTER_BITS 23
#define NSPANS 64

static Span spans[NSPANS];
static pg_tz *spans_zone = NULL;

/* ---------- zones ---------- */

/*
 * How far back to begin, so that one step mostly finds the last change before
 * "time".
 */
#define LOOK_BACK (200 * SECS_PER_DAY)

/*
 * The next change after a time, PG_INT64_MAX if there is none.  False when the
 * zone cannot say.
 *
 * Years that a zone has no table for are found by their like 400 years before,
 * and for the table's last change itself that goes one step too short: it seems
 * to be followed by none.  A second later the answer is right.
 */
static bool
NextChange(pg_time_t time, pg_time_t *change, long *offset)
{
	int			found = 0;

	for (int i = 0; i < 2 && found == 0; i++)
	{
		pg_time_t	from = time + i;
		int			isdst;
		long		offset_after;
		int			isdst_after;

		found = pg_next_dst_boundary(&from, offset, &isdst, change,
									 &offset_after, &isdst_after, session_timezone);
	}
	if (found == 0)
		*change = PG_INT64_MAX;
	return found >= 0 && *change > time;
}

/*
 * Finds the stretch that a time lies in.  False when the zone cannot say, or
 * says something else of its stretches than of the time itself, as it may
 * about times before its first change.
 */
static bool
FindSpan(Span *span, pg_time_t time)
{
	const struct pg_tm *local = pg_localtime(&time, session_timezone);
	pg_time_t	from = time - LOOK_BACK;
	pg_time_t	change;
	long		offset;

	if (local == NULL || labs(local->tm_gmtoff) > MOST_OFFSET)
		return false;
	while (NextChange(from, &change, &offset))
	{
		if (change <= time)
		{
			from = change;
			continue;
		}
		if (offset != local->tm_gmtoff)
			return false;
		span->from = from;
		span->until = change;
		span->offset = offset;
		return true;
	}
	return false;
}

/*
 * The offset of the session's zone, in seconds east of UTC.
 */
static bool
LookUpOffset(pg_time_t time, int *offset)
{
	Span	   *span = &spans[((uint64) time >> QUARTER_BITS) % NSPANS];

	if (spans_zone != session_timezone)
	{
		memset(spans, 0, sizeof(spans));
		spans_zone = session_timezone;
	}
	if ((time < span->from || time >= span->until) && !FindSpan(span, time))
		return false;
	*offset = span->offset;
	return true;
}

/* ---------- text ---------- */

static char *
PutDate(char *to, int day)
{
	int			year;
	int			month;
	int			mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	to = CormPutFour(to, year);
	*to++ = '-';
	to = CormPutTwo(to, month);
	*to++ = '-';
	return CormPutTwo(to, mday);
}

/*
 * "time" is in microseconds from midnight on.
 */
static char *
PutTime(char *to, int64 time)
{
	int			seconds = time / USECS_PER_SEC;
	int			fraction = time % USECS_PER_SEC;

	*to++ = 'T';
	to = CormPutTwo(to, seconds / SECS_PER_HOUR);
	*to++ = ':';
	to = CormPutTwo(to, seconds / SECS_PER_MINUTE % MINS_PER_HOUR);
	*to++ = ':';
	to = CormPutTwo(to, seconds % SECS_PER_MINUTE);
	if (fraction == 0)
		return to;
	*to++ = '.';
	to = CormPutTwo(to, fraction / 10000);
	to = CormPutFour(to, fraction % 10000);
	while (to[-1] == '0')
		to--;
	return to;
}

static char *
PutOffset(char *to, int offset)
{
	int			distance = abs(offset);

	*to++ = offset < 0 ? '-' : '+';
	to = CormPutTwo(to, distance / SECS_PER_HOUR);
	*to++ = ':';
	to = CormPutTwo(to, distance / SECS_PER_MINUTE % MINS_PER_HOUR);
	if (distance % SECS_PER_MINUTE != 0)
	{
		*to++ = ':';
		to = CormPutTwo(to, distance % SECS_PER_MINUTE);
	}
	return to;
}

/*
 * The day that a timestamp lies in; what it is past midnight goes to "time".
 */
static int
DayOf(Timestamp timestamp, int64 *time)
{
	int			day = timestamp / USECS_PER_DAY;

	*time = timestamp % USECS_PER_DAY;
	if (*time < 0)
	{
		*time += USECS_PER_DAY;
		day--;
	}
	return day;
}

/* ---------- encoders ---------- */

static void
EncodeByCore(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	char	   *to = CormReserve(buf, TIME_ROOM);

	*to++ = '"';
	(void) JsonEncodeDateTime(to, value, encoder->typid, NULL);
	to += strlen(to);
	*to++ = '"';
	CormAdvance(buf, to);
}

static void
EncodeDate(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	DateADT		day = DatumGetDateADT(value);
	char	   *to = buf->data + buf->len;

	if (day < FIRST_DAY || day > LAST_DAY)
	{
		EncodeByCore(encoder, buf, value);
		return;
	}
	*to++ = '"';
	to = PutDate(to, day);
	*to++ = '"';
	CormAdvance(buf, to);
}

static void
EncodeTimestamp(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	int64		time;
	int			day = DayOf(DatumGetTimestamp(value), &time);
	char	   *to = buf->data + buf->len;

	if (day < FIRST_DAY || day > LAST_DAY)
	{
		EncodeByCore(encoder, buf, value);
		return;
	}
	*to++ = '"';
	to = PutDate(to, day);
	to = PutTime(to, time);
	*to++ = '"';
	CormAdvance(buf, to);
}

/*
 * Local time is what the server makes of whole seconds, so the fraction must
 * not be cut off towards zero.
 */
static void
EncodeTimestampTz(const CormEncoder *encoder, StringInfo buf, Datum value)
{
	TimestampTz timestamp = DatumGetTimestampTz(value);
	int64		time;
	int			day = DayOf(timestamp, &time);
	pg_time_t	seconds = (day + (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE)) * (int64) SECS_PER_DAY +
		time / USECS_PER_SEC;
	int			offset;
	char	   *to = buf->data + buf->len;

	if (day < FIRST_DAY + MOST_OFFSET_DAYS || day > LAST_DAY - MOST_OFFSET_DAYS ||
		!LookUpOffset(seconds, &offset))
	{
		EncodeByCore(encoder, buf, value);
		return;
	}
	day = DayOf(timestamp + offset * USECS_PER_SEC, &time);
	*to++ = '"';
	to = PutDate(to, day);
	to = PutTime(to, time);
	to = PutOffset(to, offset);
	*to++ = '"';
	CormAdvance(buf, to);
}

void
CormEncodeAsTime(CormEncoder *encoder)
{
	encoder->encode = encoder->typid == DATEOID ? EncodeDate :
		encoder->typid == TIMESTAMPOID ? EncodeTimestamp : EncodeTimestampTz;
	encoder->room = TIME_ROOM;
}
