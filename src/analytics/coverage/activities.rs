//! Activities held of those expected.

use super::super::{
    By, Cadence, Key, Query,
    query::{date, days},
    rates::{self, Figuring},
};
use chrono::{Days, NaiveDate};
use polars::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Held / expected activities, by square's place and by the period of the day by which they are due.
///
/// One is expected of each programme at each of its squares in every whole day, week, month, quarter or year (its cadence) that
/// is over by today and through which the square was in use; it is due on the last day of that span. It is held if there was
/// at least one in the span. Without a start of the range, from the first activity on.
pub fn activities_held(
    rounds: &DataFrame,
    squares: &DataFrame,
    activities: &DataFrame,
    query: &Query,
) -> PolarsResult<DataFrame> {
    let programmes = programmes(rounds)?;
    let (held, first) = held(activities, &programmes, query)?;
    let mut sums: BTreeMap<(Option<Key>, NaiveDate), (f64, f64)> = BTreeMap::new();
    if let Some(first) = query.from.or(first) {
        let last = query.to.and_then(|to| to.pred_opt()).map_or(query.today(), |last| last.min(query.today()));
        for square in in_use(squares, query)? {
            for (&(programme, of), &cadence) in programmes.iter().filter(|((_, of), _)| of.is_none_or(|of| of == square.key)) {
                // A programme of this square goes before one of the same name for all.
                if of.is_none() && programmes.contains_key(&(programme, Some(square.key))) {
                    continue;
                }
                for (start, due) in spans(cadence, first, last, &square) {
                    let sum = sums.entry((square.place_on(due), query.period.start(due))).or_default();
                    sum.0 += f64::from(held.contains(&(square.key, programme, start)));
                    sum.1 += 1.0;
                }
            }
        }
    }
    let periods: Vec<_> = sums.keys().map(|group| days(group.1)).collect();
    let frame = DataFrame::new_infer_height(vec![
        Column::new("place".into(), sums.keys().map(|group| group.0).collect::<Vec<_>>()),
        Column::new("period".into(), periods).cast(&DataType::Date)?,
        Column::new("numerator".into(), sums.values().map(|sum| sum.0).collect::<Vec<_>>()),
        Column::new("denominator".into(), sums.values().map(|sum| sum.1).collect::<Vec<_>>()),
    ])?;
    rates::figures(&frame, Figuring::Proportion, query)
}

/// The cadence of each programme, at one square or (`None`) at all.
type Programmes = HashMap<(Key, Option<Key>), Cadence>;

/// A square while it is in use, through all eras of the boundaries.
struct InUse {
    key: Key,
    from: NaiveDate,
    to: Option<NaiveDate>,
    /// What it is part of, and from when on.
    places: Vec<(NaiveDate, Option<Key>)>,
}

impl InUse {
    fn place_on(&self, day: NaiveDate) -> Option<Key> {
        self.places.iter().rfind(|(from, _)| *from <= day).or(self.places.first()).and_then(|(_, place)| *place)
    }
}

fn programmes(rounds: &DataFrame) -> PolarsResult<Programmes> {
    let (names, squares) = (rounds.column("programme")?.u32()?, rounds.column("square")?.u32()?);
    let mut programmes = Programmes::new();
    for ((programme, square), cadence) in names.iter().zip(squares.iter()).zip(rounds.column("cadence")?.str()?.iter()) {
        if let (Some(programme), Some(cadence)) = (programme, cadence.and_then(|word| word.parse().ok())) {
            programmes.insert((programme, square), cadence);
        }
    }
    Ok(programmes)
}

/// Square, programme and first day of each span in which one was held; and the day of the first activity.
type Held = (HashSet<(Key, Key, NaiveDate)>, Option<NaiveDate>);

fn held(activities: &DataFrame, programmes: &Programmes, query: &Query) -> PolarsResult<Held> {
    let known = activities
        .clone()
        .lazy()
        .filter(col("at").lt_eq(query.now()))
        .select([col("square"), col("programme"), query.local_date("at")?.alias("day")])
        .unique_generic(None, UniqueKeepStrategy::Any)
        .collect()?;
    let days = known.column("day")?.date()?.physical();
    let rows = known.column("square")?.u32()?.iter().zip(known.column("programme")?.u32()?.iter()).zip(days.iter());
    let spans = rows.filter_map(|((square, programme), day)| {
        let (square, programme, day) = (square?, programme?, date(day?));
        let cadence = programmes.get(&(programme, Some(square))).or_else(|| programmes.get(&(programme, None)))?;
        Some((square, programme, cadence.start(day)))
    });
    Ok((spans.collect(), days.min().map(date)))
}

fn in_use(squares: &DataFrame, query: &Query) -> PolarsResult<Vec<InUse>> {
    if query.by == By::Worker || query.by == By::Kind {
        return Ok(Vec::new());
    }
    let frame = squares
        .clone()
        .lazy()
        .filter(query.by.placed())
        .select([col("square"), query.by.place(), col("from"), col("to")])
        .collect()?
        .sort(["square", "from"], SortMultipleOptions::default())?;
    let (from, to) = (frame.column("from")?.date()?.physical(), frame.column("to")?.date()?.physical());
    let keys = frame.column("square")?.u32()?.iter().zip(frame.column("place")?.u32()?.iter());
    let mut squares: Vec<InUse> = Vec::new();
    for ((key, place), (from, to)) in keys.zip(from.iter().zip(to.iter())) {
        let (Some(key), Some(from), to) = (key, from.map(date), to.map(date)) else { continue };
        match squares.last_mut() {
            Some(last) if last.key == key && last.to == Some(from) => {
                last.to = to;
                last.places.push((from, place));
            }
            _ => squares.push(InUse { key, from, to, places: vec![(from, place)] }),
        }
    }
    Ok(squares)
}

/// The spans of a cadence due within `first..=last` through which the square was in use, as first and last day.
fn spans(cadence: Cadence, first: NaiveDate, last: NaiveDate, square: &InUse) -> impl Iterator<Item = (NaiveDate, NaiveDate)> {
    let mut start = cadence.start(first.max(square.from));
    let (from, to) = (square.from, square.to);
    std::iter::from_fn(move || {
        let due = cadence.last(start);
        let span = (start, due);
        start = due.checked_add_days(Days::new(1))?;
        (due <= last && to.is_none_or(|to| due < to)).then_some(span)
    })
    .filter(move |span| span.0 >= from && span.1 >= first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::{
        Period,
        frames::{self, ActivityRow, Placed, RoundRow, SquareRow},
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn run(query: &Query) -> DataFrame {
        let round = |programme, cadence| RoundRow { programme, square: None, cadence };
        let square = |square, from: &str| SquareRow {
            square,
            at: Placed { grid: Some(square + 100), ..Placed::default() },
            from: day(from),
            to: None,
        };
        let activity = |square, programme, at: &str| ActivityRow { square, programme, at: at.parse().unwrap() };
        activities_held(
            &frames::rounds(&[round(1, Cadence::Weekly), round(2, Cadence::Monthly)]).unwrap(),
            &frames::squares(&[square(10, "2020-01-01"), square(11, "2026-03-16")]).unwrap(),
            &frames::activities(&[
                activity(10, 1, "2026-03-04T02:00:00Z"),
                activity(10, 1, "2026-03-05T02:00:00Z"),
                // Sunday, 24:00 local time: the week after.
                activity(10, 1, "2026-03-15T16:00:00Z"),
                activity(10, 2, "2026-03-31T02:00:00Z"),
                activity(11, 2, "2026-03-31T02:00:00Z"),
                activity(11, 1, "2026-03-29T02:00:00Z"),
            ])
            .unwrap(),
            query,
        )
        .unwrap()
    }

    fn query() -> Query {
        Query {
            from: Some(day("2026-03-01")),
            to: Some(day("2026-04-01")),
            ..Query::whole(chrono_tz::Asia::Shanghai, "2026-04-20T00:00:00Z".parse().unwrap())
        }
    }

    fn rates(out: &DataFrame) -> Vec<(f64, f64)> {
        let numbers = |name: &str| out.column(name).unwrap().f64().unwrap().iter().flatten().collect::<Vec<_>>();
        numbers("numerator").into_iter().zip(numbers("denominator")).collect()
    }

    #[test]
    fn one_in_each_whole_span() {
        // Weeks due on Sunday the 1st, 8th, 15th, 22nd and 29th, and the month; the second square only since the 16th.
        let by_grid = run(&Query { by: By::Grid, ..query() });
        assert_eq!(rates(&by_grid), [(3.0, 6.0), (1.0, 2.0)]);
        assert_eq!(rates(&run(&query())), [(4.0, 8.0)]);
    }

    #[test]
    fn what_is_not_over_is_not_expected() {
        let early = Query { as_of: "2026-03-14T00:00:00Z".parse().unwrap(), ..query() };
        assert_eq!(rates(&run(&early)), [(1.0, 2.0)]);
        let weeks = run(&Query { period: Period::Week, ..query() });
        let sum = rates(&weeks).iter().fold((0.0, 0.0), |sum, rate| (sum.0 + rate.0, sum.1 + rate.1));
        assert_eq!(sum, (4.0, 8.0));
    }
}
