//! How compact a shape is, by the three measures that redistricting goes by. All are 1 for a circle and smaller for anything else,
//! and none depends on the unit of length.

use super::{
    area_m2,
    ellipsoid::{meridian_radius_m, parallel_radius_m},
    perimeter_m,
};
use geo::{Area as _, BoundingRect as _, ConvexHull as _, Coord, LineString, MapCoords as _, MultiPolygon};
use serde::Serialize;
use std::f64::consts::PI;

/// Compactness of a shape; `None` for a shape without area.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Compactness {
    /// 4π·area/perimeter² (Polsby and Popper, 1991).
    pub polsby_popper: f64,
    /// Area over that of the smallest circle around it (Reock, 1961).
    pub reock: f64,
    /// Area over that of its convex hull.
    pub hull: f64,
}

impl Compactness {
    /// Of a shape in degrees, EPSG:4326: area and perimeter on the ellipsoid; circle and hull in the plane that touches it at
    /// the middle of the shape's box, which for a shape 50 km wide is off by some 1e-5.
    #[must_use]
    pub fn of(shape: &MultiPolygon) -> Option<Self> {
        let middle = shape.bounding_rect()?.center();
        let lat = middle.y.to_radians();
        let (x_m, y_m) = (parallel_radius_m(lat).to_radians(), meridian_radius_m(lat).to_radians());
        let plane = shape.map_coords(|at| Coord { x: (at.x - middle.x) * x_m, y: (at.y - middle.y) * y_m });
        Self::new(area_m2(shape), perimeter_m(shape), &plane, plane.unsigned_area())
    }

    /// Of a shape in the plane of a projected system, whatever its unit: all of it in that plane.
    #[must_use]
    pub fn of_planar(shape: &MultiPolygon) -> Option<Self> {
        let area = shape.unsigned_area();
        Self::new(area, planar_perimeter(shape), shape, area)
    }

    /// `plane`: for circle and hull; `plane_area` its own area there.
    fn new(area: f64, perimeter: f64, plane: &MultiPolygon, plane_area: f64) -> Option<Self> {
        let hull = plane.convex_hull();
        let radius = enclosing_radius(hull.exterior());
        let hull_area = hull.unsigned_area();
        (area > 0.0 && perimeter > 0.0 && hull_area > 0.0 && radius > 0.0).then(|| Self {
            polsby_popper: 4.0 * PI * area / (perimeter * perimeter),
            reock: plane_area / (PI * radius * radius),
            hull: plane_area / hull_area,
        })
    }

    /// The circle's circumference over the perimeter, for a circle of the shape's area: the square root of Polsby–Popper.
    #[must_use]
    pub fn schwartzberg(&self) -> f64 {
        self.polsby_popper.sqrt()
    }
}

fn planar_perimeter(shape: &MultiPolygon) -> f64 {
    let rings = shape.0.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    rings.flat_map(LineString::lines).map(|edge| edge.dx().hypot(edge.dy())).sum()
}

/// A circle in the plane.
#[derive(Clone, Copy, Debug)]
struct Circle {
    centre: Coord,
    radius: f64,
}

impl Circle {
    /// So that a point on the circle counts as within although it was rounded.
    const SLACK: f64 = 1.0 + 1e-12;

    fn of_two(a: Coord, b: Coord) -> Self {
        let centre = (a + b) / 2.0;
        Self { centre, radius: distance(centre, a).max(distance(centre, b)) }
    }

    /// Through three points; of three on a line the circle over the two that are farthest apart.
    fn of_three(a: Coord, b: Coord, c: Coord) -> Self {
        let (b, c) = (b - a, c - a);
        let d = 2.0 * (b.x * c.y - b.y * c.x);
        let (b2, c2) = (b.x * b.x + b.y * b.y, c.x * c.x + c.y * c.y);
        let offset = Coord { x: (c.y * b2 - b.y * c2) / d, y: (b.x * c2 - c.x * b2) / d };
        if !(offset.x.is_finite() && offset.y.is_finite()) {
            let pairs = [Self::of_two(a, a + b), Self::of_two(a, a + c), Self::of_two(a + b, a + c)];
            return pairs.into_iter().fold(pairs[0], |widest, it| if it.radius > widest.radius { it } else { widest });
        }
        let centre = a + offset;
        Self { centre, radius: distance(centre, a).max(distance(centre, a + b)).max(distance(centre, a + c)) }
    }

    fn holds(&self, at: Coord) -> bool {
        distance(self.centre, at) <= self.radius * Self::SLACK
    }
}

fn distance(a: Coord, b: Coord) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// Radius of the smallest circle around the points of `hull` (Welzl, *Smallest enclosing disks*, 1991, as loops). A point that
/// was outside goes to the front, which keeps the expected effort linear without chance: the same shape gives the same number.
fn enclosing_radius(hull: &LineString) -> f64 {
    let mut points = hull.0.clone();
    let Some(&first) = points.first() else { return 0.0 };
    let mut circle = Circle { centre: first, radius: 0.0 };
    for i in 1..points.len() {
        if circle.holds(points[i]) {
            continue;
        }
        circle = through_one(&points[..i], points[i]);
        points[..=i].rotate_right(1);
    }
    circle.radius
}

fn through_one(points: &[Coord], on: Coord) -> Circle {
    let mut circle = Circle { centre: on, radius: 0.0 };
    for (j, &second) in points.iter().enumerate() {
        if !circle.holds(second) {
            circle = points[..j].iter().fold(Circle::of_two(on, second), |circle, &third| {
                if circle.holds(third) { circle } else { Circle::of_three(on, second, third) }
            });
        }
    }
    circle
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Polygon, point, polygon};
    use proptest::prelude::*;

    fn planar(polygon: Polygon) -> Compactness {
        Compactness::of_planar(&MultiPolygon(vec![polygon])).unwrap()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn a_square_an_l_and_a_triangle() {
        let square = planar(polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 0.0), (x: 2.0, y: 2.0), (x: 0.0, y: 2.0)]);
        assert!(close(square.polsby_popper, PI / 4.0) && close(square.reock, 2.0 / PI) && close(square.hull, 1.0));
        assert!(close(square.schwartzberg(), (PI / 4.0).sqrt()));
        let l = planar(polygon![
            (x: 0.0, y: 0.0), (x: 2.0, y: 0.0), (x: 2.0, y: 1.0), (x: 1.0, y: 1.0), (x: 1.0, y: 2.0), (x: 0.0, y: 2.0)
        ]);
        assert!(close(l.polsby_popper, 4.0 * PI * 3.0 / 64.0) && close(l.hull, 3.0 / 3.5), "{l:?}");
        // Equilateral: the circle goes through all three corners.
        let height = 3f64.sqrt() / 2.0;
        let triangle = planar(polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 0.5, y: height)]);
        assert!(close(triangle.reock, height / 2.0 / (PI / 3.0)), "{triangle:?}");
    }

    #[test]
    fn no_area_has_no_compactness() {
        assert_eq!(Compactness::of(&MultiPolygon(vec![])), None);
        let flat = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 2.0, y: 2.0)];
        assert_eq!(Compactness::of_planar(&MultiPolygon(vec![flat])), None);
    }

    #[test]
    fn on_the_ellipsoid_it_is_as_in_a_plane_nearby() {
        // A square of 1,000 m at 29.35° north.
        let lat = 29.35_f64.to_radians();
        let (dx, dy) = (1000.0 / parallel_radius_m(lat).to_radians(), 1000.0 / meridian_radius_m(lat).to_radians());
        let ring = polygon![
            (x: 110.5, y: 29.35 - dy / 2.0), (x: 110.5 + dx, y: 29.35 - dy / 2.0),
            (x: 110.5 + dx, y: 29.35 + dy / 2.0), (x: 110.5, y: 29.35 + dy / 2.0)
        ];
        let square = Compactness::of(&MultiPolygon(vec![ring])).unwrap();
        assert!((square.polsby_popper - PI / 4.0).abs() < 1e-6, "{square:?}");
        assert!((square.reock - 2.0 / PI).abs() < 1e-6 && close(square.hull, 1.0), "{square:?}");
    }

    proptest! {
        #[test]
        fn the_circle_is_the_smallest(points in prop::collection::vec((-100.0..100.0_f64, -100.0..100.0_f64), 3..12)) {
            let cloud: geo::MultiPoint = points.iter().map(|&(x, y)| point!(x: x, y: y)).collect();
            let hull = cloud.convex_hull();
            let got = enclosing_radius(hull.exterior());
            // Brute force: the smallest of the circles over two or three points that holds all.
            let all: Vec<Coord> = cloud.0.iter().map(|point| point.0).collect();
            let mut best = f64::INFINITY;
            let mut offer = |circle: Circle| {
                if circle.radius < best && all.iter().all(|&at| distance(circle.centre, at) <= circle.radius * (1.0 + 1e-9)) {
                    best = circle.radius;
                }
            };
            for (i, &a) in all.iter().enumerate() {
                for (j, &b) in all[..i].iter().enumerate() {
                    offer(Circle::of_two(a, b));
                    all[..j].iter().for_each(|&c| offer(Circle::of_three(a, b, c)));
                }
            }
            prop_assert!((got / best - 1.0).abs() < 1e-7, "{got} {best}");
        }

        #[test]
        fn all_are_between_0_and_1(seed in prop::collection::vec((0.1..1.0_f64, 0.0..1.0_f64), 3..20)) {
            // A star-shaped ring.
            let n = f64::from(u32::try_from(seed.len()).unwrap());
            let corner = |(i, (r, turn)): (u32, &(f64, f64))| {
                let angle = (f64::from(i) + turn * 0.9) / n * 2.0 * PI;
                (r * angle.cos(), r * angle.sin())
            };
            let ring: Vec<_> = (0_u32..).zip(&seed).map(corner).collect();
            let Some(it) = Compactness::of_planar(&MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])])) else {
                return Ok(());
            };
            for measure in [it.polsby_popper, it.reock, it.hull] {
                prop_assert!(measure > 0.0 && measure <= 1.0 + 1e-9, "{it:?}");
            }
        }
    }
}
