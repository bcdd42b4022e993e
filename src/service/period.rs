//! Months and days as people write them → instants.

use super::ServiceError;
use crate::place::Period;
use chrono::{DateTime, Days, Months, NaiveDate, TimeZone as _, Utc};
use chrono_tz::Tz;

/// The period from the start of `from` to the end of `to`, each a local month (`2026-08`) or day (`2026-08-15`) in `zone`. An end
/// that is not given is open.
///
/// # Errors
/// As [`days`].
pub fn period(from: Option<&str>, to: Option<&str>, zone: Tz) -> Result<Period, ServiceError> {
    let (from, to) = days(from, to)?;
    Ok(between(from, to, zone))
}

/// From the start of the local day `from` to that of `to`; `None` is open.
#[must_use]
pub fn between(from: Option<NaiveDate>, to: Option<NaiveDate>, zone: Tz) -> Period {
    Period {
        from: from.map_or(DateTime::<Utc>::MIN_UTC, |day| start_of_day(day, zone)),
        to: to.map_or(DateTime::<Utc>::MAX_UTC, |day| start_of_day(day, zone)),
    }
}

/// The first local day of `from`, and the day after the last of `to`.
///
/// # Errors
/// [`ServiceError::BadQuery`] where a text is neither a month nor a day, or the end lies before the start.
pub fn days(from: Option<&str>, to: Option<&str>) -> Result<(Option<NaiveDate>, Option<NaiveDate>), ServiceError> {
    let from_day = from.map(|text| Ok::<_, ServiceError>(span("from", text)?.0)).transpose()?;
    let to_day = to.map(|text| Ok::<_, ServiceError>(span("to", text)?.1)).transpose()?;
    if let (Some(start), Some(end)) = (from_day, to_day)
        && start >= end
    {
        return Err(ServiceError::BadQuery(format!(
            "to={} lies before from={}; swap them",
            to.unwrap_or_default(),
            from.unwrap_or_default()
        )));
    }
    Ok((from_day, to_day))
}

/// The first day, and the day after the last.
fn span(name: &str, text: &str) -> Result<(NaiveDate, NaiveDate), ServiceError> {
    let wrong = || {
        ServiceError::BadQuery(format!("{name}={text}: write a month (2026-08) or a day (2026-08-15) between 1900 and 2200"))
    };
    let in_range = |day: &NaiveDate| (1900..=2200).contains(&chrono::Datelike::year(day));
    if text.len() == 7 {
        let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok().filter(in_range).ok_or_else(wrong)?;
        let next = first.checked_add_months(Months::new(1)).ok_or_else(wrong)?;
        return Ok((first, next));
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(in_range).ok_or_else(wrong)?;
    let next = day.checked_add_days(Days::new(1)).ok_or_else(wrong)?;
    Ok((day, next))
}

/// Midnight in `zone`, or the first instant after it where clocks skip midnight.
#[must_use]
pub fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    (0..=8)
        .find_map(|quarter| zone.from_local_datetime(&(midnight + chrono::TimeDelta::minutes(15 * quarter))).earliest())
        .map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}

/// The last second of the local day of an instant.
pub fn end_of_day(at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let next = at.with_timezone(&zone).date_naive().succ_opt();
    next.map_or(at, |next| start_of_day(next, zone) - chrono::TimeDelta::seconds(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(from: Option<&str>, to: Option<&str>) -> (String, String) {
        let period = period(from, to, chrono_tz::Asia::Shanghai).unwrap();
        (period.from.to_rfc3339(), period.to.to_rfc3339())
    }

    #[test]
    fn months_and_days_are_cut_in_the_zone() {
        let (from, to) = texts(Some("2026-08"), Some("2026-08"));
        assert_eq!((from.as_str(), to.as_str()), ("2026-07-31T16:00:00+00:00", "2026-08-31T16:00:00+00:00"));
        let (from, to) = texts(Some("2026-08-15"), Some("2026-08-15"));
        assert_eq!((from.as_str(), to.as_str()), ("2026-08-14T16:00:00+00:00", "2026-08-15T16:00:00+00:00"));
    }

    #[test]
    fn says_what_is_wrong() {
        for (from, to) in
            [("2026-13", "2026-14"), ("2026", "2026"), ("2026-05", "2026-04"), ("0001-01", "2026-04"), ("2026-1-1", "x")]
        {
            assert!(period(Some(from), Some(to), chrono_tz::UTC).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn a_skipped_midnight_starts_later() {
        let day = start_of_day("2018-11-04".parse().unwrap(), chrono_tz::America::Sao_Paulo);
        assert_eq!(day.to_rfc3339(), "2018-11-04T03:00:00+00:00");
    }
}
