//! Definitions of reference systems by EPSG code, as PROJ strings.

use super::crs::AxisOrder;

/// The definition and the authority's axis order; `None` for codes that are not known here.
///
/// Families are written by their rule: CGCS2000's Gauss–Krüger zones have scale 1 on the central meridian and a false easting
/// of 500 km, with the zone number in front or not; the datum equals WGS 84 at the metre level, so none is named. North
/// American codes: NAD 83 equals WGS 84 at the metre level.
pub(super) fn definition(epsg: u32) -> Option<(String, AxisOrder)> {
    use AxisOrder::{EastNorth, NorthEast};
    Some(match epsg {
        4326 => ("+proj=longlat +datum=WGS84 +no_defs".to_owned(), NorthEast),
        4490 => ("+proj=longlat +ellps=GRS80 +no_defs".to_owned(), NorthEast),
        4269 => ("+proj=longlat +datum=NAD83 +no_defs".to_owned(), NorthEast),
        3857 => (
            "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +no_defs"
                .to_owned(),
            EastNorth,
        ),
        // 6° zones 13–23, with the zone number in front and without.
        4491..=4501 => (gauss_krueger(75 + 6 * (epsg - 4491), 13 + epsg - 4491), NorthEast),
        4502..=4512 => (gauss_krueger(75 + 6 * (epsg - 4502), 0), NorthEast),
        // 3° zones 25–45, likewise.
        4513..=4533 => (gauss_krueger(75 + 3 * (epsg - 4513), 25 + epsg - 4513), NorthEast),
        4534..=4554 => (gauss_krueger(75 + 3 * (epsg - 4534), 0), NorthEast),
        32601..=32660 => (format!("+proj=utm +zone={} +datum=WGS84 +units=m +no_defs", epsg - 32600), EastNorth),
        32701..=32760 => (format!("+proj=utm +zone={} +south +datum=WGS84 +units=m +no_defs", epsg - 32700), EastNorth),
        26901..=26923 => (format!("+proj=utm +zone={} +datum=NAD83 +units=m +no_defs", epsg - 26900), EastNorth),
        // California 5 and New York Long Island, US survey feet: the plane coordinates of Los Angeles' and New York's files.
        2229 => (
            "+proj=lcc +lat_1=35.46666666666667 +lat_2=34.03333333333333 +lat_0=33.5 +lon_0=-118 +x_0=2000000.0001016 \
             +y_0=500000.0001016001 +datum=NAD83 +units=us-ft +no_defs"
                .to_owned(),
            EastNorth,
        ),
        2263 => (
            "+proj=lcc +lat_1=41.03333333333333 +lat_2=40.66666666666666 +lat_0=40.16666666666666 +lon_0=-74 \
             +x_0=300000.0000000001 +y_0=0 +datum=NAD83 +units=us-ft +no_defs"
                .to_owned(),
            EastNorth,
        ),
        _ => return None,
    })
}

/// `zone`: the number in front of the easting, 0 for none.
fn gauss_krueger(central_meridian: u32, zone: u32) -> String {
    let false_easting_m = zone * 1_000_000 + 500_000;
    format!("+proj=tmerc +lat_0=0 +lon_0={central_meridian} +k=1 +x_0={false_easting_m} +y_0=0 +ellps=GRS80 +units=m +no_defs")
}
