//! From numerators and denominators to figures.

use super::{
    Publication, Query,
    figures::{self, Figure, Reason},
    query,
    stats::{self, Rate},
};
use polars::prelude::*;
use std::collections::BTreeMap;

/// What a numerator is to its denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figuring {
    /// A part of it.
    Proportion,
    /// Weighted events over it, with columns `count` (events) and `squared` (Σ weight²).
    Events,
    /// No denominator: the count itself.
    Count,
}

/// The figures of `sums`: `place`, `period` (first day), `numerator` and `denominator` (Float64).
///
/// Places are shrunken towards all places of the same period.
pub(super) fn figures(sums: &DataFrame, figuring: Figuring, query: &Query) -> PolarsResult<DataFrame> {
    // Groups come in any order; sums of floats over places would differ in their last digit from run to run.
    let sums = sums.sort(["period", "place"], SortMultipleOptions::default())?;
    let places = sums.column("place")?.u32()?;
    let periods = sums.column("period")?.date()?.physical();
    let numerators = sums.column("numerator")?.f64()?;
    let denominators = sums.column("denominator")?.f64()?;
    let sizes = match figuring {
        Figuring::Events => Some((sums.column("count")?.f64()?, sums.column("squared")?.f64()?)),
        Figuring::Proportion | Figuring::Count => None,
    };
    let mut rows = Vec::with_capacity(sums.height());
    for i in 0..sums.height() {
        let period = query::date(periods.get(i).unwrap_or_default());
        let sum = Sum {
            numerator: numerators.get(i).unwrap_or_default(),
            denominator: denominators.get(i).unwrap_or_default(),
            events: sizes.and_then(|(counts, _)| counts.get(i)).unwrap_or_default(),
            squared: sizes.and_then(|(_, squares)| squares.get(i)).unwrap_or_default(),
        };
        let row = Figure { place: places.get(i), period, ..Figure::default() };
        rows.push(figure(figuring, row, &sum));
    }
    if figuring != Figuring::Count {
        shrink(&mut rows, if figuring == Figuring::Events { Rate::Event } else { Rate::Proportion });
    }
    let rows = match query.publication {
        Some(rule) => rows.into_iter().map(|row| published(figuring, row, rule)).collect(),
        None => rows,
    };
    figures::frame(query.period, rows)
}

/// A figure as it leaves the office. What it rests on is rounded, and so is the figure itself, but not computed from what was
/// rounded: of 3 out of 7 that would make 5 out of 5. The numerator is left out: it would tell the figure again.
fn published(figuring: Figuring, row: Figure, rule: Publication) -> Figure {
    if row.n > 0 && row.n < rule.min_n {
        return row.withheld();
    }
    let n = rule.round_count(row.n);
    if figuring == Figuring::Count {
        let count = row.value.map(|count| rule.round(count));
        return Figure { value: count, numerator: count, n, ..row };
    }
    let coarse = |value: Option<f64>, to: fn(f64) -> f64| match figuring {
        Figuring::Proportion => value.map(|value| Publication::round_share(value, row.n, to)),
        Figuring::Events | Figuring::Count => value.map(Publication::two_digits),
    };
    Figure {
        value: coarse(row.value, f64::round),
        low: coarse(row.low, f64::floor),
        high: coarse(row.high, f64::ceil),
        shrunken: coarse(row.shrunken, f64::round),
        numerator: None,
        denominator: row.denominator.map(|denominator| rule.round(denominator)),
        n,
        ..row
    }
}

/// What a figure is made of.
#[derive(Clone, Copy, Debug)]
struct Sum {
    numerator: f64,
    denominator: f64,
    /// Of weighted events: how many, and Σ weight².
    events: f64,
    squared: f64,
}

impl Sum {
    fn n(&self, figuring: Figuring) -> u32 {
        whole(if figuring == Figuring::Count { self.numerator } else { self.denominator })
    }
}

fn figure(figuring: Figuring, row: Figure, sum: &Sum) -> Figure {
    let &Sum { numerator, denominator, events, squared } = sum;
    let row = Figure { numerator: Some(numerator), n: sum.n(figuring), ..row };
    let interval = match figuring {
        Figuring::Count => return Figure { value: Some(numerator), ..row },
        Figuring::Proportion => stats::wilson(numerator, denominator),
        Figuring::Events => stats::weighted_event_interval(events, numerator, squared, denominator),
    };
    let known = denominator > 0.0;
    Figure {
        value: known.then(|| numerator / denominator),
        reason: (!known).then_some(Reason::NoData),
        denominator: Some(denominator),
        low: interval.map(|i| i.low),
        high: interval.map(|i| i.high),
        ..row
    }
}

fn shrink(rows: &mut [Figure], rate: Rate) {
    let mut by_period: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate().filter(|(_, row)| row.place.is_some() && row.denominator.is_some()) {
        by_period.entry(row.period).or_default().push(i);
    }
    for members in by_period.values() {
        let rates: Vec<_> =
            members.iter().map(|&i| (rows[i].numerator.unwrap_or_default(), rows[i].denominator.unwrap_or_default())).collect();
        for (&i, shrunken) in members.iter().zip(stats::shrink(rate, &rates)) {
            rows[i].shrunken = shrunken;
        }
    }
}

/// A count that polars summed as a float.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are at least 0; the cast saturates")]
fn whole(count: f64) -> u32 {
    count.round() as u32
}

/// Sums 1 for each row in which `condition` is true, as a float; null counts as false.
pub(super) fn sum_where(condition: Expr) -> Expr {
    condition.fill_null(lit(false)).cast(DataType::Float64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(places: &[Option<u32>], numerators: &[f64], denominators: &[f64]) -> DataFrame {
        let days = vec![0_i32; places.len()];
        let periods = Column::new("period".into(), days).cast(&DataType::Date).unwrap();
        DataFrame::new_infer_height(vec![
            Column::new("place".into(), places.to_vec()),
            periods,
            Column::new("numerator".into(), numerators.to_vec()),
            Column::new("denominator".into(), denominators.to_vec()),
        ])
        .unwrap()
    }

    fn query() -> Query {
        Query::whole(chrono_tz::Asia::Shanghai, chrono::DateTime::UNIX_EPOCH)
    }

    #[test]
    fn what_is_published_is_withheld_or_rounded() {
        let public = Query { publication: Some(Publication { min_n: 5, base: 5 }), ..query() };
        let frame = sums(&[Some(0), Some(1), Some(2), Some(3)], &[3.0, 17.0, 2.0, 0.0], &[4.0, 18.0, 21.0, 0.0]);
        let out = figures(&frame, Figuring::Proportion, &public).unwrap();
        let number = |name: &str| out.column(name).unwrap().f64().unwrap().iter().collect::<Vec<_>>();
        assert_eq!(number("numerator"), [None; 4]);
        assert_eq!(number("denominator"), [None, Some(20.0), Some(20.0), Some(0.0)]);
        // 17/18 and 2/21 to the nearest twentieth.
        assert_eq!(number("value"), [None, Some(0.95), Some(0.1), None]);
        let exact = stats::wilson(17.0, 18.0).unwrap();
        assert!(number("low")[1].unwrap() <= exact.low && exact.high <= number("high")[1].unwrap());
        assert!(number("shrunken")[0].is_none() && number("shrunken")[1].is_some());
        let n: Vec<_> = out.column("n").unwrap().u32().unwrap().iter().collect();
        assert_eq!(n, [None, Some(20), Some(20), Some(0)]);
        let reasons: Vec<_> = out.column("reason").unwrap().str().unwrap().iter().collect();
        assert_eq!(reasons, [Some("small_n"), None, None, Some("no_data")]);
    }

    #[test]
    fn golden_proportions() {
        let places: Vec<_> = (0..5).map(Some).collect();
        let frame = sums(&places, &[18.0, 20.0, 15.0, 19.0, 48.0], &[20.0, 22.0, 20.0, 19.0, 60.0]);
        let out = figures(&frame, Figuring::Proportion, &query()).unwrap();
        let shrunken: Vec<_> = out.column("shrunken").unwrap().f64().unwrap().iter().flatten().collect();
        for (got, golden) in shrunken.iter().zip([0.8624, 0.8656, 0.8276, 0.8843, 0.8268]) {
            assert!((got - golden).abs() < 5e-5, "{shrunken:?}");
        }
    }

    #[test]
    fn nothing_to_divide_by_is_no_data() {
        let out = figures(&sums(&[Some(1)], &[0.0], &[0.0]), Figuring::Proportion, &query()).unwrap();
        assert_eq!(out.column("value").unwrap().f64().unwrap().get(0), None);
        assert_eq!(out.column("reason").unwrap().str().unwrap().get(0), Some("no_data"));
    }
}
