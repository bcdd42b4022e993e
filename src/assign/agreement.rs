//! How far the assignment agrees with labels that somebody else gave.

use super::{Assigner, Assignment};
use crate::geometry::LonLat;
use std::collections::HashMap;

/// Agreement of assignments with an authority's own labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Points that a polygon with their label contains.
    pub agree: usize,
    /// Points with a position and a label.
    pub of: usize,
    /// The others, by their distance to the nearest polygon that carries their label.
    pub disagree: Vec<(DistanceClass, usize)>,
    /// Of the labelled points with a position: those outside all polygons.
    pub outside_all: usize,
}

/// How far a point is from the polygon that carries its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DistanceClass {
    /// ≤ 5 m
    Within5M,
    /// ≤ 50 m
    Within50M,
    /// ≤ 500 m
    Within500M,
    /// > 500 m
    Farther,
    /// No polygon carries the label.
    UnknownLabel,
}

impl DistanceClass {
    pub const ALL: &[Self] = &[Self::Within5M, Self::Within50M, Self::Within500M, Self::Farther, Self::UnknownLabel];

    /// For people to read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Within5M => "≤ 5 m",
            Self::Within50M => "≤ 50 m",
            Self::Within500M => "≤ 500 m",
            Self::Farther => "> 500 m",
            Self::UnknownLabel => "label unknown",
        }
    }

    fn of(distance_m: f64) -> Self {
        match distance_m {
            d if d <= 5.0 => Self::Within5M,
            d if d <= 50.0 => Self::Within50M,
            d if d <= 500.0 => Self::Within500M,
            _ => Self::Farther,
        }
    }
}

impl Assigner {
    /// Compares with labels. A label agrees if *any* polygon that contains the point has that key (several may have it); the
    /// nearest polygon never counts. Points without position and empty labels are left out.
    ///
    /// `points`, `assignments` (made from `points` by this assigner), `labels`: N each; `keys`: one a polygon. Labels and keys
    /// are compared trimmed.
    #[must_use]
    pub fn agreement<L: AsRef<str>>(
        &self,
        points: &[Option<LonLat>],
        assignments: &[Assignment],
        labels: &[Option<L>],
        keys: &[String],
    ) -> Agreement {
        let mut carriers: HashMap<&str, Vec<usize>> = HashMap::new();
        for (polygon, key) in keys.iter().enumerate() {
            carriers.entry(key.trim()).or_default().push(polygon);
        }
        let mut agreement = Agreement::default();
        let mut classes: HashMap<DistanceClass, usize> = HashMap::new();
        for ((point, assignment), label) in points.iter().zip(assignments).zip(labels) {
            let (Some(point), Some(label)) =
                (point, label.as_ref().map(|label| label.as_ref().trim()).filter(|label| !label.is_empty()))
            else {
                continue;
            };
            agreement.of += 1;
            agreement.outside_all += usize::from(assignment.candidates.is_empty());
            let carriers = carriers.get(label).map_or(&[][..], Vec::as_slice);
            if assignment.candidates.iter().any(|polygon| carriers.contains(polygon)) {
                agreement.agree += 1;
            } else {
                *classes.entry(self.distance_class(*point, carriers)).or_default() += 1;
            }
        }
        agreement.disagree = DistanceClass::ALL.iter().map(|class| (*class, classes.remove(class).unwrap_or(0))).collect();
        agreement
    }

    fn distance_class(&self, point: LonLat, carriers: &[usize]) -> DistanceClass {
        let distances = carriers.iter().filter_map(|&polygon| self.index().border_m(polygon, point));
        distances.min_by(f64::total_cmp).map_or(DistanceClass::UnknownLabel, DistanceClass::of)
    }
}
