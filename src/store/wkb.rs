//! Geometries as the databases hold them: GeoPackage blobs, and PostGIS's extended WKB.

use crate::geometry::{BBox, SRID};
use geo::Geometry;
use geozero::{
    CoordDimensions, ToGeo, ToWkb,
    error::GeozeroError,
    wkb::{Ewkb, Wkb},
};

type Result<T> = std::result::Result<T, GeozeroError>;

/// A GeoPackage blob: header, box (none for points, which are their own), ISO WKB.
pub(super) fn to_blob(geometry: &Geometry) -> Result<Vec<u8>> {
    let envelope = match (geometry, BBox::around(geometry)) {
        (Geometry::Point(_), _) | (_, None) => Vec::new(),
        (_, Some(b)) => vec![b.west, b.east, b.south, b.north],
    };
    geometry.to_gpkg_wkb(CoordDimensions::xy(), Some(SRID), envelope)
}

/// The geometry of a GeoPackage blob, anybody's: its structure is walked before geozero makes room for what it promises.
pub(super) fn from_blob(blob: &[u8]) -> Result<Geometry> {
    let wkb = body(blob)?;
    if walk(wkb)? { Ewkb(wkb).to_geo() } else { Wkb(wkb).to_geo() }
}

/// The WKB after the header of a GeoPackage blob. It says its byte order itself, which need not be the header's.
fn body(blob: &[u8]) -> Result<&[u8]> {
    let flags = blob.get(3).filter(|_| blob.starts_with(b"GP")).ok_or_else(|| refused("no GeoPackage geometry"))?;
    let numbers = match (flags >> 1) & 0x07 {
        0 => 0,
        1 => 4,
        2 | 3 => 6,
        4 => 8,
        _ => return Err(refused("an envelope of an unknown kind")),
    };
    blob.get(8 + 8 * numbers..).ok_or_else(|| refused("it ends before it is complete"))
}

fn refused(why: impl Into<String>) -> GeozeroError {
    GeozeroError::Geometry(why.into())
}

/// Collections of collections that are still followed: real files have one or two, a crafted one has as many as break the stack.
const DEEPEST: usize = 8;

/// How PostGIS says it in the type: Z, M and an SRID that follows.
const EWKB_FLAGS: u32 = 0xE000_0000;

/// Walks all of `wkb` without taking anything out of it, so that no count in it is believed beyond the bytes that are there.
/// Whether its types are told as EWKB tells them.
fn walk(wkb: &[u8]) -> Result<bool> {
    let mut walker = Walker { rest: wkb, extended: false };
    // The outermost type decides; one of the other kind further in is an unknown type then.
    let little = wkb.first().is_some_and(|&order| order == 1);
    walker.extended =
        wkb.get(1..).is_some_and(|rest| Walker { rest, extended: false }.number(little).unwrap_or(0) & EWKB_FLAGS != 0);
    walker.geometry(None, 0)?;
    Ok(walker.extended)
}

struct Walker<'a> {
    rest: &'a [u8],
    extended: bool,
}

/// What stands before each geometry.
struct Head {
    little: bool,
    kind: u32,
    /// Bytes of one position.
    position: u64,
}

impl Walker<'_> {
    fn skip(&mut self, bytes: u64) -> Result<()> {
        let rest = usize::try_from(bytes).ok().and_then(|bytes| self.rest.get(bytes..));
        self.rest = rest.ok_or_else(|| refused("it ends before it is complete"))?;
        Ok(())
    }

    fn number(&mut self, little: bool) -> Result<u32> {
        let Some((four, rest)) = self.rest.split_first_chunk::<4>() else {
            return Err(refused("it ends before it is complete"));
        };
        self.rest = rest;
        Ok(if little { u32::from_le_bytes(*four) } else { u32::from_be_bytes(*four) })
    }

    /// A count of things of `least` bytes each, if there is room for so many.
    fn count(&mut self, little: bool, least: u64) -> Result<u64> {
        let count = u64::from(self.number(little)?);
        let room = self.rest.len() as u64 / least;
        if count > room { Err(refused(format!("it promises {count} parts and has room for {room}"))) } else { Ok(count) }
    }

    fn head(&mut self) -> Result<Head> {
        let little = match self.rest.first() {
            Some(0) => false,
            Some(1) => true,
            Some(order) => return Err(refused(format!("a byte order {order}"))),
            None => return Err(refused("it ends before it is complete")),
        };
        self.skip(1)?;
        let code = self.number(little)?;
        let flagged = |flag| u64::from(code & flag != 0);
        let (kind, more) = match (self.extended, code) {
            (true, _) => (code & !EWKB_FLAGS, flagged(0x8000_0000) + flagged(0x4000_0000)),
            (false, 0..4000) => (code % 1000, [0, 1, 1, 2][code as usize / 1000]),
            (false, _) => (code, 0),
        };
        if self.extended && code & 0x2000_0000 != 0 {
            self.skip(4)?;
        }
        match kind {
            1..=7 => Ok(Head { little, kind, position: 8 * (2 + more) }),
            8..=14 => Err(refused("curved; convert it with ogr2ogr -nlt CONVERT_TO_LINEAR")),
            _ => Err(refused(format!("type {kind}, which is none of point, line, polygon, several of them, or a collection"))),
        }
    }

    /// One geometry; `kind` is what its place allows, `None` any.
    fn geometry(&mut self, kind: Option<u32>, depth: usize) -> Result<()> {
        let head = self.head()?;
        if kind.is_some_and(|kind| kind != head.kind) {
            return Err(refused("a part of another type than the whole"));
        }
        match head.kind {
            1 => self.skip(head.position),
            2 => self.line(&head),
            3 => {
                let rings = self.count(head.little, 4)?;
                (0..rings).try_for_each(|_| self.line(&head))
            }
            // A part has at least its byte order, its type and a count.
            _ if depth == DEEPEST => Err(refused(format!("collections more than {DEEPEST} deep"))),
            several => {
                let parts = self.count(head.little, 9)?;
                let kind = (several < 7).then(|| several - 3);
                (0..parts).try_for_each(|_| self.geometry(kind, depth + 1))
            }
        }
    }

    fn line(&mut self, head: &Head) -> Result<()> {
        let positions = self.count(head.little, head.position)?;
        self.skip(positions * head.position)
    }
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

    /// A blob without an envelope: little-endian, or big-endian after a little-endian header.
    fn blob(wkb: &[u8]) -> Vec<u8> {
        [b"GP\0\x01\0\0\0\0".as_slice(), wkb].concat()
    }

    fn head(kind: u32) -> Vec<u8> {
        [&[1], kind.to_le_bytes().as_slice()].concat()
    }

    fn why(wkb: &[u8]) -> String {
        from_blob(&blob(wkb)).unwrap_err().to_string()
    }

    #[test]
    fn a_count_is_not_believed_beyond_the_bytes() {
        for kind in 2..=7 {
            let promised = why(&[head(kind), vec![0xff; 4], vec![0; 64]].concat());
            assert!(promised.contains("promises 4294967295 parts"), "{promised}");
        }
        let ring = [head(3), 1u32.to_le_bytes().to_vec(), vec![0xff; 4], vec![0; 64]].concat();
        assert!(why(&ring).contains("promises"));
    }

    #[test]
    fn collections_are_followed_to_a_depth() {
        let nested = |depth: usize| [head(7), 1u32.to_le_bytes().to_vec()].concat().repeat(depth);
        assert!(why(&nested(300_000)).contains("deep"));
        let point = [head(1), vec![0; 16]].concat();
        assert!(from_blob(&blob(&[nested(8), point.clone()].concat())).is_ok());
        assert!(why(&[nested(9), point].concat()).contains("deep"));
    }

    #[test]
    fn types_are_those_of_iso_and_of_postgis() {
        let xy: Vec<u8> = [110.5f64, 29.25].iter().flat_map(|n| n.to_le_bytes()).collect();
        let point = Geometry::from(point!(x: 110.5, y: 29.25));
        for (kind, more) in [(1, 0), (1001, 8), (2001, 8), (3001, 16), (0x8000_0001, 8), (0xC000_0001, 16)] {
            let read = from_blob(&blob(&[head(kind), xy.clone(), vec![0; more]].concat())).unwrap();
            assert_eq!(read, point, "{kind:#x}");
            let short = [head(kind), xy.clone(), vec![0; more]].concat();
            assert!(from_blob(&blob(&short[..short.len() - 1])).is_err(), "{kind:#x}");
        }
        let with_srid = [head(0x2000_0001), 4490u32.to_le_bytes().to_vec(), xy].concat();
        assert_eq!(from_blob(&blob(&with_srid)).unwrap(), point);
        let big: Vec<u8> =
            [vec![0], 1u32.to_be_bytes().to_vec(), [110.5f64, 29.25].iter().flat_map(|n| n.to_be_bytes()).collect()].concat();
        assert_eq!(from_blob(&blob(&big)).unwrap(), point);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for kind in [8, 10, 11, 12, 1009, 0x8000_000A] {
            assert!(why(&[head(kind), vec![0; 40]].concat()).contains("CONVERT_TO_LINEAR"), "{kind:#x}");
        }
        assert!(why(&[head(17), vec![0; 40]].concat()).contains("type 17"));
        assert!(why(&[head(4001), vec![0; 40]].concat()).contains("type 4001"));
        let mixed = [head(6), 1u32.to_le_bytes().to_vec(), head(1), vec![0; 40]].concat();
        assert!(why(&mixed).contains("another type"));
        assert!(why(&[]).contains("ends before"));
    }
}
