//! The result frames: one row a place and period, the same columns for every metric.
//!
//! | column | type | what |
//! |---|---|---|
//! | `place` | UInt32, null: whole area | key of the [`Directory`] |
//! | `period` | String | "2026-10", "2026-W41", "2026-10-12", "all" |
//! | `value` | Float64 | the figure in the unit of its metric; durations in seconds |
//! | `reason` | String | why `value` is null: "no_data", "not_reached", "small_n" |
//! | `numerator`, `denominator` | Float64 | of a rate; closed and all cases of a duration; a count has no denominator |
//! | `n` | UInt32 | how many the figure rests on: the denominator, or the events of a count; null where withheld |
//! | `low`, `high` | Float64 | 95 % interval: Wilson (proportions), Dobson (event rates), Brookmeyer–Crowley (medians) |
//! | `shrunken` | Float64 | Marshall's empirical-Bayes rate, for maps; null for counts and durations |
//! | `p90`, `closed_median_raw` | Float64 | seconds; durations only |
//! | `void`, `duplicate`, `rejected`, `negative` | UInt32 | cases left out; durations only |

use super::{Directory, Key, Period};
use chrono::NaiveDate;
use polars::prelude::*;
use serde::Serialize;

/// Why a figure has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    NoData,
    NotReached,
    /// Withheld from publication.
    SmallN,
}

/// Cases left out of response times, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Excluded {
    pub void: u32,
    pub duplicate: u32,
    pub rejected: u32,
    /// Ended before it began.
    pub negative: u32,
}

impl Excluded {
    pub(super) const fn total(self) -> u32 {
        self.void + self.duplicate + self.rejected + self.negative
    }
}

/// A row on its way into the frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figure {
    pub place: Option<Key>,
    /// First day of the period.
    pub period: NaiveDate,
    pub value: Option<f64>,
    pub reason: Option<Reason>,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub n: u32,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub shrunken: Option<f64>,
    pub p90: Option<f64>,
    pub closed_median_raw: Option<f64>,
    pub excluded: Option<Excluded>,
}

/// A row as the service and the command line give it out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FigureRow {
    /// The opaque id; `None` for the whole area.
    pub place: Option<String>,
    pub code: Option<String>,
    pub name: Option<String>,
    pub period: String,
    pub value: Option<f64>,
    pub reason: Option<String>,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    /// `None` where it is withheld.
    pub n: Option<u32>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub shrunken: Option<f64>,
    pub p90: Option<f64>,
    pub closed_median_raw: Option<f64>,
    pub excluded: Option<Excluded>,
}

impl Figure {
    /// Only place and period, since the rest rests on too few.
    pub(super) fn withheld(self) -> Self {
        Self { place: self.place, period: self.period, reason: Some(Reason::SmallN), ..Self::default() }
    }
}

impl Reason {
    const fn word(self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::NotReached => "not_reached",
            Self::SmallN => "small_n",
        }
    }
}

/// The frame of `figures`, sorted by place and period.
pub(super) fn frame(period: Period, mut figures: Vec<Figure>) -> PolarsResult<DataFrame> {
    figures.sort_by_key(|f| (f.place, f.period));
    let number = |name: &str, of: fn(&Figure) -> Option<f64>| {
        Column::from(Float64Chunked::from_iter_options(name.into(), figures.iter().map(of)).into_series())
    };
    let count = |name: &str, of: fn(&Figure) -> Option<u32>| {
        Column::from(UInt32Chunked::from_iter_options(name.into(), figures.iter().map(of)).into_series())
    };
    let periods: Vec<_> = figures.iter().map(|f| period.label(f.period)).collect();
    let reasons: Vec<_> = figures.iter().map(|f| f.reason.map(Reason::word)).collect();
    DataFrame::new_infer_height(vec![
        count("place", |f| f.place),
        Column::new("period".into(), periods),
        number("value", |f| f.value),
        Column::new("reason".into(), reasons),
        number("numerator", |f| f.numerator),
        number("denominator", |f| f.denominator),
        count("n", |f| (f.reason != Some(Reason::SmallN)).then_some(f.n)),
        number("low", |f| f.low),
        number("high", |f| f.high),
        number("shrunken", |f| f.shrunken),
        number("p90", |f| f.p90),
        number("closed_median_raw", |f| f.closed_median_raw),
        count("void", |f| f.excluded.map(|e| e.void)),
        count("duplicate", |f| f.excluded.map(|e| e.duplicate)),
        count("rejected", |f| f.excluded.map(|e| e.rejected)),
        count("negative", |f| f.excluded.map(|e| e.negative)),
    ])
}

/// The figures with `id`, `code` and `name` in place of the key, sorted by code, then period.
pub fn named(figures: &DataFrame, names: &Directory) -> PolarsResult<DataFrame> {
    let entries: Vec<_> = figures.column("place")?.u32()?.iter().map(|key| names.get(key?)).collect();
    let text = |name: &str, of: fn(&super::Entry) -> &str| {
        Column::new(name.into(), entries.iter().map(|entry| entry.map(of)).collect::<Vec<_>>())
    };
    let mut columns = vec![text("id", |e| &e.id), text("code", |e| &e.code), text("name", |e| &e.name)];
    columns.extend(figures.columns().iter().filter(|column| column.name() != "place").cloned());
    DataFrame::new_infer_height(columns)?.sort(["code", "id", "period"], SortMultipleOptions::default())
}

/// The rows of a frame of [`named`], in its order.
pub fn rows(named: &DataFrame) -> PolarsResult<Vec<FigureRow>> {
    let number = |name: &str| -> PolarsResult<Vec<Option<f64>>> { Ok(named.column(name)?.f64()?.iter().collect()) };
    let count = |name: &str| -> PolarsResult<Vec<Option<u32>>> { Ok(named.column(name)?.u32()?.iter().collect()) };
    let text = |name: &str| -> PolarsResult<Vec<Option<String>>> {
        Ok(named.column(name)?.str()?.iter().map(|text| text.map(str::to_owned)).collect())
    };
    let (mut ids, mut codes, mut display) = (text("id")?, text("code")?, text("name")?);
    let (mut periods, mut reasons) = (text("period")?, text("reason")?);
    let (values, numerators, denominators) = (number("value")?, number("numerator")?, number("denominator")?);
    let (lows, highs, shrunken) = (number("low")?, number("high")?, number("shrunken")?);
    let (p90s, raws, ns) = (number("p90")?, number("closed_median_raw")?, count("n")?);
    let (void, duplicate) = (count("void")?, count("duplicate")?);
    let (rejected, negative) = (count("rejected")?, count("negative")?);
    let excluded =
        |i: usize| Some(Excluded { void: void[i]?, duplicate: duplicate[i]?, rejected: rejected[i]?, negative: negative[i]? });
    let row = |i: usize| FigureRow {
        place: ids[i].take(),
        code: codes[i].take(),
        name: display[i].take(),
        period: periods[i].take().unwrap_or_default(),
        value: values[i],
        reason: reasons[i].take(),
        numerator: numerators[i],
        denominator: denominators[i],
        n: ns[i],
        low: lows[i],
        high: highs[i],
        shrunken: shrunken[i],
        p90: p90s[i],
        closed_median_raw: raws[i],
        excluded: excluded(i),
    };
    Ok((0..named.height()).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(place: Key, n: u32) -> Figure {
        let excluded = Some(Excluded { void: 1, ..Excluded::default() });
        let some = Some(0.5);
        Figure { place: Some(place), value: some, numerator: some, low: some, p90: some, n, excluded, ..Figure::default() }
    }

    #[test]
    fn rows_come_by_code_and_period_and_what_is_withheld_says_nothing() {
        let empty = Figure { reason: Some(Reason::NoData), ..Figure { value: None, ..figure(2, 0) } };
        let frame = frame(Period::All, vec![figure(1, 4).withheld(), figure(0, 5), empty]).unwrap();
        let mut names = Directory::default();
        for name in ["b", "a", "c"] {
            names.key(name);
        }
        let rows = rows(&named(&frame, &names).unwrap()).unwrap();
        assert_eq!(rows.iter().map(|r| r.code.as_deref().unwrap()).collect::<Vec<_>>(), ["a", "b", "c"]);
        let [small, large, none] = &rows[..] else { panic!("three rows") };
        assert_eq!((small.value, small.numerator, small.low, small.p90, small.excluded), (None, None, None, None, None));
        assert_eq!((small.reason.as_deref(), small.n), (Some("small_n"), None));
        assert_eq!(
            (large.value, large.n, large.reason.as_deref(), large.excluded.unwrap().void),
            (Some(0.5), Some(5), None, 1)
        );
        assert_eq!((none.reason.as_deref(), none.n), (Some("no_data"), Some(0)));
    }
}
