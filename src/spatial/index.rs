//! Which polygons of many contain a point, which borders are near it, which polygons may meet.

use super::edges::Edges;
use crate::geometry::{LonLat, vicinity::Vicinity};
use geo::{BoundingRect, MultiPolygon};
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

type BoxOf = GeomWithData<Rectangle<[f64; 2]>, usize>;

/// An R-tree over the boxes of polygons, and each polygon's edges. Polygons are known by their place in the list given.
#[derive(Debug)]
pub struct PolygonIndex {
    boxes: RTree<BoxOf>,
    edges: Vec<Edges>,
}

/// The polygons whose borders are nearest to a point.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestBorder {
    /// Geodesic distance, metres.
    pub border_m: f64,
    /// All polygons that have a border at that distance (a shared border has two), ascending.
    pub polygons: Vec<usize>,
}

impl PolygonIndex {
    /// `shapes`: degrees, EPSG:4326, finite; overlaps and gaps are allowed. O(vertices + N log N).
    #[must_use]
    pub fn new(shapes: &[MultiPolygon]) -> Self {
        let box_of = |(index, shape): (usize, &MultiPolygon)| {
            let rect = shape.bounding_rect()?;
            let corners = Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
            Some(GeomWithData::new(corners, index))
        };
        let boxes = RTree::bulk_load(shapes.iter().enumerate().filter_map(box_of).collect());
        Self { boxes, edges: shapes.iter().map(Edges::of).collect() }
    }

    /// The polygons that contain `point` by the half-open rule, ascending.
    #[must_use]
    pub fn containing(&self, point: LonLat) -> Vec<usize> {
        let at = point.to_point().0;
        let mut found: Vec<usize> = self
            .boxes
            .locate_in_envelope_intersecting(AABB::from_point([at.x, at.y]))
            .map(|candidate| candidate.data)
            .filter(|&index| self.edges[index].contains(at))
            .collect();
        found.sort_unstable();
        found
    }

    /// The nearest borders of any polygon, whichever side `point` is on; `None` if none is within `within_m` (geodesic).
    #[must_use]
    pub fn nearest_border(&self, point: LonLat, within_m: f64) -> Option<NearestBorder> {
        self.nearest_border_from(point, within_m, None)
    }

    /// Like [`Self::nearest_border`] without limit, for a point of which one polygon near it is known: quicker.
    #[must_use]
    pub fn nearest_border_inside(&self, point: LonLat, polygon: usize) -> Option<NearestBorder> {
        self.nearest_border_from(point, f64::INFINITY, self.edges.get(polygon))
    }

    fn nearest_border_from(&self, point: LonLat, within_m: f64, near: Option<&Edges>) -> Option<NearestBorder> {
        let mut nearest = NearestBorder { border_m: within_m, polygons: Vec::new() };
        for vicinity in Vicinity::around(point) {
            // First a border that is near, so that few need to be measured.
            let mut planar_m = vicinity.planar_reach_m(nearest.border_m);
            let narrowed_by = |edges: &Edges, planar_m: f64| {
                let foot = edges.planar_nearest(&vicinity, planar_m);
                foot.map_or(planar_m, |foot| planar_m.min(vicinity.planar_reach_m(vicinity.geodesic_m(foot.at))))
            };
            if let Some(edges) = near {
                planar_m = narrowed_by(edges, planar_m);
            } else {
                for index in self.boxes_within(&vicinity, planar_m) {
                    planar_m = narrowed_by(&self.edges[index], planar_m);
                }
            }
            for index in self.boxes_within(&vicinity, planar_m) {
                nearest.offer(index, self.edges[index].geodesic_m(&vicinity, planar_m));
            }
        }
        nearest.polygons.sort_unstable();
        nearest.polygons.dedup();
        (!nearest.polygons.is_empty()).then_some(nearest)
    }

    /// Geodesic distance, m, from `point` to the border of one polygon, whichever side it is on; `None` if there is no such
    /// polygon or it has no edges.
    #[must_use]
    pub fn border_m(&self, index: usize, point: LonLat) -> Option<f64> {
        let edges = self.edges.get(index)?;
        let mut best = f64::INFINITY;
        for vicinity in Vicinity::around(point) {
            let within_m = vicinity.planar_reach_m(best);
            if let Some(foot) = edges.planar_nearest(&vicinity, within_m) {
                let reach_m = vicinity.planar_reach_m(vicinity.geodesic_m(foot.at).min(best));
                best = best.min(edges.geodesic_m(&vicinity, reach_m));
            }
        }
        best.is_finite().then_some(best)
    }

    /// The polygons with a border within `within_m` (geodesic) of `point`, ascending.
    #[must_use]
    pub fn borders_within(&self, point: LonLat, within_m: f64) -> Vec<usize> {
        let mut found = Vec::new();
        for vicinity in Vicinity::around(point) {
            let planar_m = vicinity.planar_reach_m(within_m);
            let near = |&index: &usize| self.edges[index].geodesic_m(&vicinity, planar_m) <= within_m;
            found.extend(self.boxes_within(&vicinity, planar_m).filter(near));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether polygon `index` contains `point` by the half-open rule.
    #[must_use]
    pub fn contains(&self, index: usize, point: LonLat) -> bool {
        self.edges.get(index).is_some_and(|edges| edges.contains(point.to_point().0))
    }

    /// Pairs (a < b) of polygons whose boxes meet, ascending.
    #[must_use]
    pub fn pairs(&self) -> Vec<(usize, usize)> {
        let mut pairs: Vec<_> = self
            .boxes
            .intersection_candidates_with_other_tree(&self.boxes)
            .map(|(a, b)| (a.data, b.data))
            .filter(|(a, b)| a < b)
            .collect();
        pairs.sort_unstable();
        pairs
    }

    /// The polygons whose boxes are within `planar_m` of the centre of the vicinity.
    fn boxes_within(&self, vicinity: &Vicinity, planar_m: f64) -> impl Iterator<Item = usize> {
        let (dx, dy) = vicinity.reach_degrees(planar_m);
        let (lon, lat) = (vicinity.lon(), vicinity.lat());
        let reach = AABB::from_corners([lon - dx, lat - dy], [lon + dx, lat + dy]);
        self.boxes.locate_in_envelope_intersecting(reach).map(|candidate| candidate.data)
    }
}

impl NearestBorder {
    fn offer(&mut self, polygon: usize, border_m: f64) {
        if border_m < self.border_m || (border_m <= self.border_m && self.polygons.is_empty()) {
            self.border_m = border_m;
            self.polygons = vec![polygon];
        } else if border_m <= self.border_m {
            self.polygons.push(polygon);
        }
    }
}
