//! The order in which places are numbered for the first time.

use crate::geometry::LonLat;

/// The order in which a page is read: rows from north to south, each from west to east. A row is as high as a place is wide if
/// the places filled their common box evenly.
///
/// `centres`: N positions. Returns the N indices in order of their numbers.
#[must_use]
pub fn reading_order(centres: &[LonLat]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..centres.len()).collect();
    let lats = || centres.iter().map(|c| c.lat());
    let lons = || centres.iter().map(|c| c.lon());
    let north = lats().fold(f64::NEG_INFINITY, f64::max);
    let height = north - lats().fold(f64::INFINITY, f64::min);
    let width = lons().fold(f64::NEG_INFINITY, f64::max) - lons().fold(f64::INFINITY, f64::min);
    // n places in k columns and r rows with k/r = width/height; half a row is added since centres lie half a place inside.
    #[expect(clippy::cast_precision_loss, reason = "counts of places are small")]
    let rows = ((centres.len() as f64) * height / width.max(1e-12)).sqrt().round().clamp(1.0, centres.len().max(1) as f64);
    let row_height = if rows > 1.0 { height / (rows - 1.0) } else { f64::INFINITY };
    let row = |i: usize| ((north - centres[i].lat()) / row_height).round();
    order.sort_by(|&a, &b| {
        row(a)
            .total_cmp(&row(b))
            .then(centres[a].lon().total_cmp(&centres[b].lon()))
            .then(centres[b].lat().total_cmp(&centres[a].lat()))
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order_of(points: &[(f64, f64)]) -> Vec<usize> {
        let centres: Vec<_> = points.iter().map(|&(lon, lat)| LonLat::from_degrees(lon, lat).unwrap()).collect();
        reading_order(&centres)
    }

    #[test]
    fn west_to_east_and_north_to_south() {
        assert_eq!(order_of(&[(3.0, 0.0), (1.0, 0.01), (2.0, -0.01)]), [1, 2, 0]);
        assert_eq!(order_of(&[(0.0, 1.0), (0.01, 3.0), (-0.01, 2.0)]), [1, 2, 0]);
        assert_eq!(order_of(&[(1.0, 0.0), (0.0, 0.05), (0.02, 1.0), (1.0, 0.98)]), [2, 3, 1, 0]);
        assert!(order_of(&[]).is_empty());
        assert_eq!(order_of(&[(5.0, 5.0)]), [0]);
    }
}
