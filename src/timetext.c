/*-------------------------------------------------------------------------
 *
 * timetext.c
 *	  Dates and times that are written by ISO 8601, as JSON has them.
 *
 * The input functions take anything that was ever meant to be a time, and so look at
 * each word in many ways.  What programs send is nearly always of one form, which says
 * the same under all settings.
 *
 * Copyright (c) 2026, the corm developers
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "timetext.h"

/* Zones that are further away are nobody's. */
#define FURTHEST_ZONE 14

/* The rest of a text. */
typedef struct Rest
{
	const char *at;
	const char *end;
} Rest;

/* A number of so many digits. */
static inline bool
TakeNumber(Rest *rest, int ndigits, int *number)
{
	*number = 0;
	if (rest->end - rest->at < ndigits)
		return false;
	for (int i = 0; i < ndigits; i++, rest->at++)
	{
		if (*rest->at < '0' || *rest->at > '9')
			return false;
		*number = *number * 10 + (*rest->at - '0');
	}
	return true;
}

static inline bool
TakeMark(Rest *rest, char mark)
{
	if (rest->at == rest->end || *rest->at != mark)
		return false;
	rest->at++;
	return true;
}

/* The day, counted as a date is. */
static bool
TakeDate(Rest *rest, int *date)
{
	int			year;
	int			month;
	int			day;

	if (!TakeNumber(rest, 4, &year) || !TakeMark(rest, '-') ||
		!TakeNumber(rest, 2, &month) || !TakeMark(rest, '-') ||
		!TakeNumber(rest, 2, &day) ||
		year == 0 || month < 1 || month > MONTHS_PER_YEAR || day < 1 ||
		day > day_tab[isleap(year)][month - 1])
		return false;
	*date = date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
	return true;
}

/* The time of the day, in microseconds. */
static bool
TakeTime(Rest *rest, int64 *time)
{
	int			hour;
	int			minute;
	int			second;
	int			fraction = 0;

	if (!TakeNumber(rest, 2, &hour) || !TakeMark(rest, ':') ||
		!TakeNumber(rest, 2, &minute) || !TakeMark(rest, ':') ||
		!TakeNumber(rest, 2, &second) || hour > 23 || minute > 59 || second > 59)
		return false;
	if (TakeMark(rest, '.'))
	{
		int			digit;
		int			unit = USECS_PER_SEC;

		while (rest->at < rest->end && TakeNumber(rest, 1, &digit))
		{
			unit /= 10;
			if (unit == 0)
				return false;	/* would be rounded */
			fraction += digit * unit;
		}
		if (unit == USECS_PER_SEC)
			return false;
	}
	*time = ((hour * MINS_PER_HOUR + minute) * SECS_PER_MINUTE + second) * USECS_PER_SEC + fraction;
	return true;
}

/* How far the zone is before UTC, in microseconds. */
static bool
TakeZone(Rest *rest, int64 *zone)
{
	bool		west;
	int			hour;
	int			minute = 0;

	*zone = 0;
	if (TakeMark(rest, 'Z'))
		return true;
	west = TakeMark(rest, '-');
	if ((!west && !TakeMark(rest, '+')) || !TakeNumber(rest, 2, &hour) ||
		(TakeMark(rest, ':') && !TakeNumber(rest, 2, &minute)) ||
		hour > FURTHEST_ZONE || minute > 59)
		return false;
	*zone = (hour * MINS_PER_HOUR + minute) * SECS_PER_MINUTE * USECS_PER_SEC;
	if (west)
		*zone = -*zone;
	return true;
}

bool
CormTimeFromText(const char *text, int len, Oid typid, int32 typmod, Datum *value)
{
	Rest		rest = {text, text + len};
	int			date;
	int64		time = 0;
	int64		zone = 0;

	if ((typid != DATEOID && typid != TIMESTAMPOID && typid != TIMESTAMPTZOID) ||
		(typmod >= 0 && typmod < MAX_TIMESTAMP_PRECISION) || !TakeDate(&rest, &date))
		return false;
	if (typid != DATEOID &&
		((!TakeMark(&rest, ' ') && !TakeMark(&rest, 'T')) || !TakeTime(&rest, &time)))
		return false;
	if (typid == TIMESTAMPTZOID && !TakeZone(&rest, &zone))
		return false;
	if (rest.at != rest.end)
		return false;
	*value = typid == DATEOID ? DateADTGetDatum(date) :
		TimestampTzGetDatum(date * USECS_PER_DAY + time - zone);
	return true;
}
