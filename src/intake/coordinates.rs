//! The points of a file, and what looks wrong with them. Nothing is mended in silence: what looks wrong is taken in as it
//! stands, and reported.

use super::{error::IntakeError, position::PositionProblem, problem::Problem, report::IntakeReport, rows::Rows};
use crate::{
    geometry::{Datum, LonLat},
    layer::Layer,
    table::Row,
};
use std::collections::HashMap;

/// So many coordinates that are no place, and this share of all, are no slips of the pen.
const BAD_LEAST: usize = 5;
const BAD_SHARE: f64 = 0.5;
/// Positions with at most three decimals (111 m) are suspicious if so many of a file's are.
const COARSE_SHARE: f64 = 0.5;
const COARSE_LEAST: usize = 5;
/// One position is suspicious if so many rows, and this share of them, have it: an office's default, not an address.
const SAME_LEAST: usize = 20;
const SAME_SHARE: f64 = 0.05;
/// Points tried for telling a wrong datum.
const DATUM_SAMPLE: usize = 2_000;
/// Another datum has to fit better by this share of the points,
const DATUM_MARGIN: f64 = 0.05;
/// or take at least so many in, and hardly any out.
const DATUM_LEAST: usize = 10;

/// Collects the points of the rows that are taken in.
#[derive(Debug, Default)]
pub struct Coordinates {
    /// Row number and position.
    taken: Vec<(u64, LonLat)>,
    /// Coordinates that are no place, and what is wrong with the first.
    bad: usize,
    first_bad: Option<String>,
}

impl Coordinates {
    /// The point of `row`. Coordinates that are missing or no place are reported, and count as none.
    pub fn take(&mut self, rows: &Rows, row: &Row, report: &mut IntakeReport) -> Option<LonLat> {
        if !rows.positions.is_anywhere() {
            return None;
        }
        let area = rows.context().area;
        let swapped_fits = || rows.positions.swapped_point(row).filter(|at| area.is_none_or(|area| area.contains(*at)));
        let point = rows.positions.point(row);
        if let Err(problem @ (PositionProblem::Range(_) | PositionProblem::Crs(_))) = &point {
            self.bad += 1;
            self.first_bad.get_or_insert_with(|| format!("row {}: {problem}", row.number));
        }
        match point {
            // An activity is where its square is.
            Ok(None) if rows.layer() == Layer::Activities => None,
            Ok(None) => {
                report.warn(Problem::NoCoordinates, Some(row.number), "");
                None
            }
            Err(problem) if swapped_fits().is_some() => {
                report.warn(Problem::SwappedCoordinates, Some(row.number), format!("{problem}; the other way round it fits"));
                None
            }
            Err(problem) => {
                report.warn(Problem::BadCoordinates, Some(row.number), problem.to_string());
                None
            }
            // What stands for "unknown" in many programs, in the Gulf of Guinea.
            Ok(Some(at)) if at.lon() == 0.0 && at.lat() == 0.0 && area.is_none_or(|area| !area.contains(at)) => {
                report.warn(Problem::NoCoordinates, Some(row.number), "0, 0");
                None
            }
            Ok(Some(at)) => {
                if area.is_some_and(|area| !area.contains(at)) {
                    if swapped_fits().is_some() {
                        report.warn(Problem::SwappedCoordinates, Some(row.number), at.to_string());
                    } else {
                        report.warn(Problem::OutsideArea, Some(row.number), at.to_string());
                    }
                }
                self.taken.push((row.number, at));
                Some(at)
            }
        }
    }

    /// What only all points together tell: cut digits, one position many times, a wrong datum.
    ///
    /// # Errors
    /// [`IntakeError::NoPlaces`] if most coordinates are none: the file is in another system, and would erase what is stored.
    pub fn finish(self, rows: &Rows, report: &mut IntakeReport) -> Result<(), IntakeError> {
        let of = self.bad + self.taken.len();
        if self.bad >= BAD_LEAST && share(self.bad, of) > BAD_SHARE {
            let first = self.first_bad.unwrap_or_default();
            return Err(IntakeError::NoPlaces { bad: self.bad, of, first });
        }
        if rows.positions.is_geographic() && rows.positions.datum() == Datum::Wgs84 {
            self.report_coarse(report);
        }
        self.report_same(report);
        if rows.positions.is_geographic() {
            report_datum(rows, report);
        }
        Ok(())
    }

    fn report_coarse(&self, report: &mut IntakeReport) {
        let whole = |at: LonLat| at.lon().fract() == 0.0 && at.lat().fract() == 0.0;
        let coarse: Vec<_> = self.taken.iter().filter(|(_, at)| is_coarse(at.lon()) && is_coarse(at.lat())).collect();
        let many = coarse.len() >= COARSE_LEAST && share(coarse.len(), self.taken.len()) >= COARSE_SHARE;
        for (row, at) in coarse {
            if whole(*at) {
                report.warn(Problem::TruncatedCoordinates, Some(*row), format!("{} {}: whole degrees", at.lon(), at.lat()));
            } else if many {
                let text = format!("{} {}: at most three decimals, so up to 100 m off", at.lon(), at.lat());
                report.warn(Problem::TruncatedCoordinates, Some(*row), text);
            }
        }
    }

    fn report_same(&self, report: &mut IntakeReport) {
        let mut places: HashMap<(u64, u64), (usize, u64)> = HashMap::new();
        for (row, at) in &self.taken {
            places.entry((at.lon().to_bits(), at.lat().to_bits())).or_insert((0, *row)).0 += 1;
        }
        let mut many: Vec<_> = places
            .into_iter()
            .filter(|(_, (count, _))| *count >= SAME_LEAST && share(*count, self.taken.len()) >= SAME_SHARE)
            .collect();
        many.sort_by_key(|(_, (count, row))| (std::cmp::Reverse(*count), *row));
        for ((lon, lat), (count, row)) in many {
            let text = format!("{count} rows at {} {}", f64::from_bits(lon), f64::from_bits(lat));
            report.warn(Problem::IdenticalCoordinates, Some(row), text);
        }
    }
}

/// Compares, point by point, where they lie under the datum given and under the others.
fn report_datum(rows: &Rows, report: &mut IntakeReport) {
    let Some(inside) = rows.context().inside else { return };
    let step = (rows.table.rows.len() / DATUM_SAMPLE).max(1);
    let under = |datum: Datum| {
        let positions = rows.positions.in_datum(datum);
        let points: Vec<LonLat> =
            rows.table.rows.iter().step_by(step).filter_map(|row| positions.point(row).ok().flatten()).collect();
        inside(&points)
    };
    let given = rows.positions.datum();
    let own = under(given);
    let fits = Datum::ALL.iter().filter(|&&datum| datum != given).map(|&datum| (datum, Fit::of(&own, &under(datum))));
    let Some((better, fit)) = fits.max_by_key(|(_, fit)| fit.gained.saturating_sub(fit.lost)) else { return };
    if fit.is_better() {
        let percent = |part: usize| share(part, own.len()) * 100.0;
        let own_inside = own.iter().filter(|inside| **inside).count();
        let text = format!(
            "as {} {:.1} % of the points lie inside the boundaries, as {} {:.1} %: try --datum {}",
            given.name(),
            percent(own_inside),
            better.name(),
            percent(own_inside + fit.gained - fit.lost),
            better.name()
        );
        report.warn(Problem::WrongDatum, None, text);
    }
}

/// How another datum fits.
#[derive(Clone, Copy, Debug)]
struct Fit {
    points: usize,
    /// Inside under the other datum only.
    gained: usize,
    /// Inside under the datum given only.
    lost: usize,
}

impl Fit {
    fn of(own: &[bool], other: &[bool]) -> Self {
        let only = |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| **a && !**b).count();
        Self { points: own.len(), gained: only(other, own), lost: only(own, other) }
    }

    /// Much better by the share of all points; or, where the shift of half a kilometre takes few points out of the area, by
    /// those few: of a right datum as many come in as go out.
    fn is_better(self) -> bool {
        let net = self.gained.saturating_sub(self.lost);
        (net > 0 && share(net, self.points) >= DATUM_MARGIN) || (self.gained >= DATUM_LEAST && self.gained > 5 * self.lost)
    }
}

fn is_coarse(degrees: f64) -> bool {
    let thousandths = degrees * 1000.0;
    (thousandths - thousandths.round()).abs() < 1e-6
}

#[expect(clippy::cast_precision_loss, reason = "numbers of rows")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_points_tell_if_all_of_them_say_the_same() {
        let fit = |gained, lost| Fit { points: 2_000, gained, lost }.is_better();
        assert!(fit(37, 0) && fit(150, 40) && fit(20, 3));
        assert!(!fit(9, 0) && !fit(30, 25) && !fit(0, 0) && !fit(12, 4));
        assert!(Fit { points: 1, gained: 1, lost: 0 }.is_better());
    }
}
