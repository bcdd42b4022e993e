//! Geometries as the databases hold them: GeoPackage blobs, and PostGIS's extended WKB.

use crate::geometry::{BBox, SRID};
use geo::Geometry;
use geozero::{
    CoordDimensions, ToGeo, ToWkb,
    wkb::{Ewkb, GpkgWkb},
};

type Result<T> = std::result::Result<T, geozero::error::GeozeroError>;

/// A GeoPackage blob: header, box (none for points, which are their own), ISO WKB.
pub(super) fn to_blob(geometry: &Geometry) -> Result<Vec<u8>> {
    let envelope = match (geometry, BBox::around(geometry)) {
        (Geometry::Point(_), _) | (_, None) => Vec::new(),
        (_, Some(b)) => vec![b.west, b.east, b.south, b.north],
    };
    geometry.to_gpkg_wkb(CoordDimensions::xy(), Some(SRID), envelope)
}

pub(super) fn from_blob(blob: &[u8]) -> Result<Geometry> {
    GpkgWkb(blob).to_geo()
}

pub(super) fn to_ewkb(geometry: &Geometry) -> Result<Vec<u8>> {
    geometry.to_ewkb(CoordDimensions::xy(), Some(SRID))
}

pub(super) fn from_ewkb(bytes: &[u8]) -> Result<Geometry> {
    Ewkb(bytes).to_geo()
}

/// The box of a GeoPackage blob, from its header where that has one. `None` for an empty geometry or no blob at all.
///
/// Layout: "GP", version, flags, srs id; then the envelope if flags say so (OGC 12-128r17, clause 2.1.3).
pub(super) fn bounds(blob: &[u8]) -> Option<BBox> {
    let (&flags, little) = (blob.get(3)?, blob.get(3)? & 1 == 1);
    if blob.get(..2)? != b"GP" || flags & 0x10 != 0 {
        return None;
    }
    if (flags >> 1) & 0x07 != 0 {
        let number = |i: usize| f64_at(blob, 8 + 8 * i, little);
        return Some(BBox { west: number(0)?, east: number(1)?, south: number(2)?, north: number(3)? });
    }
    let wkb = blob.get(8..)?;
    let little = *wkb.first()? == 1;
    let kind: [u8; 4] = wkb.get(1..5)?.try_into().ok()?;
    let kind = if little { u32::from_le_bytes(kind) } else { u32::from_be_bytes(kind) };
    if kind == 1 {
        let (x, y) = (f64_at(wkb, 5, little)?, f64_at(wkb, 13, little)?);
        return Some(BBox { west: x, south: y, east: x, north: y });
    }
    BBox::around(&from_blob(blob).ok()?)
}

fn f64_at(bytes: &[u8], at: usize, little: bool) -> Option<f64> {
    let eight: [u8; 8] = bytes.get(at..at + 8)?.try_into().ok()?;
    Some(if little { f64::from_le_bytes(eight) } else { f64::from_be_bytes(eight) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{line_string, point, polygon};

    fn samples() -> Vec<(Geometry, [f64; 4])> {
        let ring = polygon![(x: 110.5, y: 29.3), (x: 110.6, y: 29.3), (x: 110.55, y: 29.45), (x: 110.5, y: 29.3)];
        vec![
            (point!(x: 110.55, y: 29.35).into(), [110.55, 29.35, 110.55, 29.35]),
            (geo::MultiPolygon(vec![ring]).into(), [110.5, 29.3, 110.6, 29.45]),
            (line_string![(x: 1.0, y: 4.0), (x: 3.0, y: 2.0)].into(), [1.0, 2.0, 3.0, 4.0]),
        ]
    }

    #[test]
    fn both_forms_give_the_geometry_back_to_the_last_bit() {
        for (geometry, _) in samples() {
            assert_eq!(from_blob(&to_blob(&geometry).unwrap()).unwrap(), geometry);
            assert_eq!(from_ewkb(&to_ewkb(&geometry).unwrap()).unwrap(), geometry);
        }
    }

    #[test]
    fn the_box_is_read_from_the_header_or_the_point() {
        for (geometry, [west, south, east, north]) in samples() {
            assert_eq!(bounds(&to_blob(&geometry).unwrap()), Some(BBox { west, south, east, north }));
        }
    }

    #[test]
    fn what_is_no_blob_has_no_box() {
        let blob = to_blob(&samples()[1].0).unwrap();
        assert_eq!(bounds(b""), None);
        assert_eq!(bounds(b"no blob"), None);
        assert_eq!(bounds(&blob[..20]), None);
        assert!(from_blob(&blob[..20]).is_err());
    }
}
