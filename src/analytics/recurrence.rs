//! How often an activity falls due.

use crate::vocabulary::vocabulary;
use chrono::{Datelike, Days, Months, NaiveDate};

vocabulary! {
    /// The five rhythms (五每) in which activities fall due: one is expected in each whole span.
    Cadence, "cadence" {
        Daily => "daily", "每日", "daily";
        Weekly => "weekly", "每周", "weekly";
        Monthly => "monthly", "每月", "monthly";
        Quarterly => "quarterly", "每季", "quarterly";
        Yearly => "yearly", "每年", "yearly";
    }
}

/// The rule has none of the five rhythms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "recurrence {0:?} is not daily, weekly, monthly, quarterly or yearly; write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, \
     or FREQ=MONTHLY;INTERVAL=3"
)]
pub struct CadenceError(pub String);

impl Cadence {
    /// The rhythm of an RFC 5545 RRULE. On which day of its span an activity is held (`BYDAY` and the like) doesn't matter.
    ///
    /// # Errors
    /// [`CadenceError`] for other rhythms.
    pub fn of_rule(rule: &str) -> Result<Self, CadenceError> {
        let parts = rule.trim().trim_start_matches("RRULE:").split(';');
        let (mut frequency, mut interval) = ("", "1");
        for part in parts {
            match part.split_once('=') {
                Some(("FREQ", value)) => frequency = value,
                Some(("INTERVAL", value)) => interval = value,
                _ => {}
            }
        }
        match (frequency, interval) {
            ("DAILY", "1") => Ok(Self::Daily),
            ("WEEKLY", "1") | ("DAILY", "7") => Ok(Self::Weekly),
            ("MONTHLY", "1") => Ok(Self::Monthly),
            ("MONTHLY", "3") => Ok(Self::Quarterly),
            ("YEARLY", "1") | ("MONTHLY", "12") => Ok(Self::Yearly),
            _ => Err(CadenceError(rule.to_owned())),
        }
    }

    /// The first day of the span that `date` lies in.
    #[must_use]
    pub(super) fn start(self, date: NaiveDate) -> NaiveDate {
        let month = |month0: u32| date.with_day(1).and_then(|first| first.with_month0(month0)).unwrap_or(date);
        match self {
            Self::Daily => date,
            Self::Weekly => date - Days::new(u64::from(date.weekday().num_days_from_monday())),
            Self::Monthly => month(date.month0()),
            Self::Quarterly => month(date.month0() / 3 * 3),
            Self::Yearly => month(0),
        }
    }

    /// The last day of the span that starts on `start`: by then it must have been held.
    #[must_use]
    pub(super) fn last(self, start: NaiveDate) -> NaiveDate {
        let after = match self {
            Self::Daily => return start,
            Self::Weekly => return start + Days::new(6),
            Self::Monthly => start.checked_add_months(Months::new(1)),
            Self::Quarterly => start.checked_add_months(Months::new(3)),
            Self::Yearly => start.checked_add_months(Months::new(12)),
        };
        after.map_or(start, |after| after - Days::new(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        assert_eq!(Cadence::of_rule("FREQ=WEEKLY;BYDAY=SA"), Ok(Cadence::Weekly));
        assert_eq!(Cadence::of_rule("RRULE:FREQ=MONTHLY;INTERVAL=3"), Ok(Cadence::Quarterly));
        assert!(Cadence::of_rule("FREQ=WEEKLY;INTERVAL=2").is_err());
        assert!(Cadence::of_rule("").is_err());
    }

    #[test]
    fn spans() {
        let span = |cadence: Cadence| {
            let start = cadence.start("2026-05-14".parse().unwrap());
            (start.to_string(), cadence.last(start).to_string())
        };
        let expect = |start: &str, last: &str| (start.to_owned(), last.to_owned());
        assert_eq!(span(Cadence::Daily), expect("2026-05-14", "2026-05-14"));
        assert_eq!(span(Cadence::Weekly), expect("2026-05-11", "2026-05-17"));
        assert_eq!(span(Cadence::Monthly), expect("2026-05-01", "2026-05-31"));
        assert_eq!(span(Cadence::Quarterly), expect("2026-04-01", "2026-06-30"));
        assert_eq!(span(Cadence::Yearly), expect("2026-01-01", "2026-12-31"));
    }
}
