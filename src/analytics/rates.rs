//! From numerators and denominators to figures.

use super::{
    Period,
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
pub(super) fn figures(sums: &DataFrame, figuring: Figuring, period: Period) -> PolarsResult<DataFrame> {
    let places = sums.column("place")?.u32()?;
    let periods = sums.column("period")?.date()?.physical();
    let numerators = sums.column("numerator")?.f64()?;
    let denominators = sums.column("denominator")?.f64()?;
    let mut rows: Vec<_> = places
        .iter()
        .zip(periods.iter())
        .zip(numerators.iter().zip(denominators.iter()))
        .map(|((place, period), (numerator, denominator))| {
            let period = query::date(period.unwrap_or_default());
            let (numerator, denominator) = (numerator.unwrap_or_default(), denominator.unwrap_or_default());
            figure(figuring, Figure { place, period, ..Figure::default() }, numerator, denominator)
        })
        .collect();
    if figuring == Figuring::Events {
        let (counts, squares) = (sums.column("count")?.f64()?, sums.column("squared")?.f64()?);
        for ((row, events), weight2) in rows.iter_mut().zip(counts.iter()).zip(squares.iter()) {
            let (weighted, exposure) = (row.numerator.unwrap_or_default(), row.denominator.unwrap_or_default());
            let (events, weight2) = (events.unwrap_or_default(), weight2.unwrap_or_default());
            let interval = stats::weighted_event_interval(events, weighted, weight2, exposure);
            (row.low, row.high) = (interval.map(|i| i.low), interval.map(|i| i.high));
        }
    }
    if figuring != Figuring::Count {
        shrink(&mut rows, if figuring == Figuring::Events { Rate::Event } else { Rate::Proportion });
    }
    figures::frame(period, rows)
}

fn figure(figuring: Figuring, row: Figure, numerator: f64, denominator: f64) -> Figure {
    if figuring == Figuring::Count {
        return Figure { value: Some(numerator), numerator: Some(numerator), n: whole(numerator), ..row };
    }
    let interval = if figuring == Figuring::Proportion { stats::wilson(numerator, denominator) } else { None };
    let known = denominator > 0.0;
    Figure {
        value: known.then(|| numerator / denominator),
        reason: (!known).then_some(Reason::NoData),
        numerator: Some(numerator),
        denominator: Some(denominator),
        n: whole(denominator),
        low: interval.map(|i| i.low),
        high: interval.map(|i| i.high),
        ..row
    }
}

fn shrink(rows: &mut [Figure], rate: Rate) {
    let mut by_period: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate().filter(|(_, row)| row.place.is_some()) {
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

    #[test]
    fn golden_proportions() {
        let places: Vec<_> = (0..5).map(Some).collect();
        let frame = sums(&places, &[18.0, 20.0, 15.0, 19.0, 48.0], &[20.0, 22.0, 20.0, 19.0, 60.0]);
        let out = figures(&frame, Figuring::Proportion, Period::All).unwrap();
        let shrunken: Vec<_> = out.column("shrunken").unwrap().f64().unwrap().iter().flatten().collect();
        for (got, golden) in shrunken.iter().zip([0.8624, 0.8656, 0.8276, 0.8843, 0.8268]) {
            assert!((got - golden).abs() < 5e-5, "{shrunken:?}");
        }
    }

    #[test]
    fn nothing_to_divide_by_is_no_data() {
        let out = figures(&sums(&[Some(1)], &[0.0], &[0.0]), Figuring::Proportion, Period::All).unwrap();
        assert_eq!(out.column("value").unwrap().f64().unwrap().get(0), None);
        assert_eq!(out.column("reason").unwrap().str().unwrap().get(0), Some("no_data"));
    }
}
