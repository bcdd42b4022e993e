//! Which cell of a mesh a place lies in, near enough: the cell of the nearest site.

use super::{groups::Groups, plane::Xy};

/// The sites in square buckets.
#[derive(Clone, Debug)]
pub struct Locator {
    sites: Vec<Xy>,
    low: Xy,
    side: f64,
    columns: usize,
    rows: usize,
    buckets: Groups,
}

impl Locator {
    #[must_use]
    pub fn new(sites: &[Xy]) -> Self {
        let least = |f: fn(&Xy) -> f64| sites.iter().map(f).fold(f64::INFINITY, f64::min);
        let most = |f: fn(&Xy) -> f64| sites.iter().map(f).fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = (Xy::new(least(|s| s.x), least(|s| s.y)), Xy::new(most(|s| s.x), most(|s| s.y)));
        #[expect(clippy::cast_precision_loss, reason = "counts of cells are small")]
        let side = ((high.x - low.x) * (high.y - low.y) / sites.len().max(1) as f64).sqrt().max(1.0);
        let (columns, rows) = (whole((high.x - low.x) / side) + 1, whole((high.y - low.y) / side) + 1);
        let bucket = |at: &Xy| whole((at.y - low.y) / side) * columns + whole((at.x - low.x) / side);
        let buckets = Groups::new(columns * rows, sites.iter().enumerate().map(|(i, at)| (bucket(at), i)));
        Self { sites: sites.to_vec(), low, side, columns, rows, buckets }
    }

    /// The site nearest to `at`.
    ///
    /// # Panics
    /// If there is no site.
    #[must_use]
    pub fn nearest(&self, at: Xy) -> usize {
        let column = whole((at.x - self.low.x) / self.side).min(self.columns - 1);
        let row = whole((at.y - self.low.y) / self.side).min(self.rows - 1);
        let (mut best, mut best_distance) = (None, f64::INFINITY);
        for ring in 0..=self.columns.max(self.rows) {
            // Whatever lies in this ring or beyond is at least so far away (`at` may lie outside the box).
            #[expect(clippy::cast_precision_loss, reason = "counts of buckets are small")]
            let reach = (ring as f64 - 1.0).max(0.0) * self.side;
            if best_distance < reach {
                break;
            }
            for r in row.saturating_sub(ring)..=(row + ring).min(self.rows - 1) {
                for c in column.saturating_sub(ring)..=(column + ring).min(self.columns - 1) {
                    if r.abs_diff(row).max(c.abs_diff(column)) != ring {
                        continue;
                    }
                    for &site in self.buckets.of(r * self.columns + c) {
                        let distance = self.sites[site].distance(at);
                        if distance < best_distance {
                            (best, best_distance) = (Some(site), distance);
                        }
                    }
                }
            }
        }
        best.expect("a mesh has sites")
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates at the edges, as wanted")]
fn whole(x: f64) -> usize {
    x as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::random::Dice;

    #[test]
    fn finds_what_a_full_search_finds() {
        let mut dice = Dice::new(1, "locator");
        let mut draw = |spread: f64| Xy::new(dice.between(-spread, spread), dice.between(-spread, spread) * dice.unit());
        let sites: Vec<Xy> = (0..500).map(|_| draw(1000.0)).collect();
        let locator = Locator::new(&sites);
        for _ in 0..500 {
            let at = draw(1300.0);
            let truth = sites.iter().map(|s| s.distance(at)).fold(f64::INFINITY, f64::min);
            assert!((sites[locator.nearest(at)].distance(at) - truth).abs() < 1e-9);
        }
    }
}
