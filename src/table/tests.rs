use super::*;
use geo::Geometry;
use proptest::prelude::*;
use std::io::Write;

fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    File::create(&path).unwrap().write_all(bytes).unwrap();
    (folder, path)
}

fn read_as(name: &str, bytes: impl AsRef<[u8]>) -> Result<Table, TableError> {
    let (_folder, path) = file(name, bytes.as_ref());
    read(&path, &ReadOptions::default())
}

fn cells(table: &Table) -> Vec<Vec<&str>> {
    table.rows.iter().map(|row| (0..table.columns.len()).map(|column| row.cell(column)).collect()).collect()
}

#[test]
fn a_plain_file() {
    let table = read_as("a.csv", "id,name\n1,\"Smith, Ann\"\n2,\"two\nlines\"\n").unwrap();
    assert_eq!(table.columns, ["id", "name"]);
    assert_eq!(cells(&table), [["1", "Smith, Ann"], ["2", "two\nlines"]]);
    assert_eq!(table.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(table.origin.read_as, "CSV, UTF-8, delimiter ','");
}

#[test]
fn boms_and_chinese_encodings() {
    assert_eq!(read_as("a.csv", "\u{feff}名称\n黄龙路\n").unwrap().columns, ["名称"]);
    let (gbk, _, _) = encoding_rs::GBK.encode("编码,名称\r\n1,喻家嘴\r\n");
    let table = read_as("a.csv", &gbk).unwrap();
    assert_eq!(
        (table.columns.as_slice(), cells(&table)),
        (["编码".to_owned(), "名称".to_owned()].as_slice(), vec![vec!["1", "喻家嘴"]])
    );
    assert!(table.origin.read_as.contains("gb18030") || table.origin.read_as.contains("GB18030"));
    let utf16: Vec<u8> = "\u{feff}名称\t数\n田富\t3\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(cells(&read_as("a.txt", utf16).unwrap()), [["田富", "3"]]);
    assert!(matches!(read_as("a.csv", b"name\n\xff\xff\xff\n"), Err(TableError::Encoding(_))));
}

#[test]
fn a_named_encoding_is_held_to() {
    let (_folder, path) = file("a.csv", b"name\n\xc4\xe3\n");
    let named = |name: &str| read(&path, &ReadOptions { encoding: Some(name.to_owned()), ..ReadOptions::default() });
    assert!(matches!(named("utf-8"), Err(TableError::NotInEncoding { .. })));
    assert!(matches!(named("klingon"), Err(TableError::UnknownEncoding { .. })));
    assert_eq!(named("gb18030").unwrap().rows[0].cell(0), "你");
}

#[test]
fn delimiters() {
    for (delimiter, text) in [(';', "a;b;c,d\n1;2;3\n"), ('\t', "a\tb\n1\t2\n"), (',', "a,b\n1,2\n"), ('|', "a|b\n1|2\n")] {
        let table = read_as("a.csv", text).unwrap();
        assert_eq!(cells(&table)[0][..2], ["1", "2"], "{delimiter}");
    }
    assert_eq!(cells(&read_as("a.csv", "one\n1\n").unwrap()), [["1"]]);
    assert_eq!(cells(&read_as("a.csv", "\"a;b;c\",d\n1,2\n").unwrap()), [["1", "2"]]);
}

#[test]
fn a_first_line_may_name_the_delimiter() {
    for first in ["sep=;\n", "sep=;\r\n", "\u{feff}SEP=;\n", "\"sep=;\"\n"] {
        let table = read_as("a.csv", format!("{first}a;b,c,d\n1;2\n")).unwrap();
        assert_eq!(table.columns, ["a", "b,c,d"], "{first:?}");
        assert_eq!((cells(&table), table.rows[0].number), (vec![vec!["1", "2"]], 2));
    }
    assert_eq!(read_as("a.csv", "sep=\ta\n1\n").unwrap().columns, ["sep=", "a"]);
    assert_eq!(cells(&read_as("a.csv", "sep=\t\na\tb\n1\t2\n").unwrap()), [["1", "2"]]);
    assert!(matches!(read_as("a.csv", "sep=;\n"), Err(TableError::Empty(_))));
    assert!(matches!(read_as("a.csv", "sep=；\na\n"), Err(TableError::Delimiter { .. })));
}

#[test]
fn nothing_in_the_file() {
    for bytes in ["", "\n", "\r\n\r\n", "\u{feff}", ",,\n"] {
        assert!(matches!(read_as("a.csv", bytes), Err(TableError::Empty(_))), "{bytes:?}");
    }
    assert!(read_as("a.csv", "only,a,header\n").unwrap().rows.is_empty());
    assert!(matches!(read_as("a.geojson", " \n"), Err(TableError::Empty(_))));
    assert!(matches!(read(Path::new("/nowhere.csv"), &ReadOptions::default()), Err(TableError::Io { .. })));
}

#[test]
fn ragged_rows_are_defects_of_rows() {
    let table = read_as("a.csv", "a,b\n1\n1,2,3\n1,2,,\n1,2\n").unwrap();
    let defects: Vec<_> = table.rows.iter().map(|row| row.defect.clone()).collect();
    assert_eq!(
        defects,
        [Some(RowDefect::Ragged { found: 1, expected: 2 }), Some(RowDefect::Ragged { found: 3, expected: 2 }), None, None]
    );
    assert_eq!(table.rows[0].cell(1), "");
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_does() {
    for end in ["\n", "\r\n"] {
        let text = ["a,b", "1,\"x", "y\"", "", "", "2,z", "3,z", "", "4,z"].join(end);
        let table = read_as("a.csv", &text).unwrap();
        let numbers: Vec<_> = table.rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [2, 5, 6, 8], "{end:?}");
    }
}

#[test]
fn an_unclosed_quote_is_named() {
    let mut text = "a,b\n1,\"open\n".to_owned();
    text.push_str(&"2,3\n".repeat(60));
    text.push_str("x\",1,2\n");
    let table = read_as("a.csv", &text).unwrap();
    assert!(
        matches!(table.rows[0].defect, Some(RowDefect::RunAway { found: 4, expected: 2, lines: 62.. })),
        "{:?}",
        table.rows[0].defect
    );
    // What it ran over is read all the same.
    assert_eq!(table.rows.iter().map(|row| row.number).collect::<Vec<_>>(), (2..64).collect::<Vec<_>>());
    assert!(table.rows[1..61].iter().all(|row| row.defect.is_none() && row.cell(1) == "3"));
    // In the last column, up to the end of the file, the number of fields is right.
    let table = read_as("a.csv", "a,b\n1,\"open\n2,3\n4,5").unwrap();
    let defects: Vec<_> = table.rows.iter().map(|row| row.defect.is_some()).collect();
    assert_eq!((defects, cells(&table)[2].clone()), (vec![true, false, false], vec!["4", "5"]));
}

#[test]
fn features_that_share_no_property_are_bounded() {
    let feature = |i: u32| format!(r#"{{"type":"Feature","properties":{{"p{i}":1}},"geometry":null}}"#);
    let lines = |order: &mut dyn Iterator<Item = u32>| order.map(feature).collect::<Vec<_>>().join("\n");
    let few = read_as("a.geojsonl", lines(&mut (0..100))).unwrap();
    assert_eq!((few.rows[99].cell(99), few.rows[0].cell(99), few.rows[0].len()), ("1", "", 1));
    // 1,900 columns, then ten thousand rows with the last of them alone.
    let many = read_as("a.geojsonl", lines(&mut (0..1_900).chain(std::iter::repeat_n(1_899, 10_000))));
    let refused = many.unwrap_err().to_string();
    assert!(refused.contains("1900 properties, few of them in each feature"), "{refused}");
}

#[test]
fn limits_hold() {
    let limits = Limits { file_bytes: 40, rows: 2, columns: 2, cell_bytes: 3 };
    let read_limited = |text: &str| {
        let (_folder, path) = file("a.csv", text.as_bytes());
        read(&path, &ReadOptions { limits, ..ReadOptions::default() })
    };
    assert!(matches!(read_limited(&"x".repeat(41)), Err(TableError::TooLarge { limit: 40, .. })));
    assert!(matches!(read_limited("a,b,c\n"), Err(TableError::Columns { found: 3, limit: 2, .. })));
    assert!(matches!(read_limited("a\n1\n2\n3\n"), Err(TableError::Rows { limit: 2, .. })));
    let table = read_limited("a,b\n1,long\n").unwrap();
    assert_eq!(table.rows[0].defect, Some(RowDefect::CellTooLong { bytes: 4, limit: 3 }));
}

#[test]
fn other_files_are_named() {
    assert!(matches!(read_as("a.xlsx", b"PK\x03\x04..."), Err(TableError::Spreadsheet(_))));
    assert!(matches!(read_as("a.db", b"SQLite format 3\0"), Err(TableError::GeoPackage(_))));
}

const COLLECTION: &str = r#"{"type": "FeatureCollection",
  "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}},
  "features": [
    {"type": "Feature", "id": 7, "properties": {"b": 405.0, "a": "x", "c": null, "d": [1]}, "geometry": {"type": "Point", "coordinates": [1, 2, 3]}},
    {"type": "Feature", "properties": {"a": "y", "new": true}, "geometry": null},
    {"type": "Feature", "properties": null, "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}},
    {"type": "Feature", "properties": {"a": "z"}, "geometry": {"type": "Point", "coordinates": [1]}},
    12
  ]}"#;

#[test]
fn a_feature_collection() {
    let table = read_as("a.geojson", COLLECTION).unwrap();
    assert_eq!(table.crs.as_deref(), Some("EPSG:4547"));
    assert_eq!(table.columns, ["id", "b", "a", "c", "d", "new"]);
    assert_eq!(cells(&table)[..2], [["7", "405", "x", "", "[1]", ""], ["", "", "y", "", "", "true"]]);
    assert_eq!(table.rows[0].geometry, Some(Geometry::Point(geo::Point::new(1.0, 2.0))));
    assert_eq!(table.rows[1].geometry, None);
    let defects: Vec<_> = table.rows[2..].iter().map(|row| row.defect.as_ref().unwrap().to_string()).collect();
    assert_eq!(
        defects,
        [
            "geometry: a ring of 2 corners; it needs 3",
            "geometry: a position of 1 numbers; it needs 2",
            "not a GeoJSON Feature: no \"type\""
        ]
    );
}

#[test]
fn one_feature_a_line() {
    let lines = "\u{1e}{\"type\":\"Feature\",\"properties\":{\"a\":1},\"geometry\":null}\n\
                 \u{1e}{\"type\":\"Feature\",\"properties\":{\"a\":2},\"geometry\":null}\n";
    let table = read_as("a.geojsonl", lines).unwrap();
    assert_eq!(cells(&table), [["1"], ["2"]]);
    assert!(matches!(read_as("a.json", "{\"a\": 1}"), Err(TableError::NotGeoJson { .. })));
    assert!(matches!(read_as("a.json", "[1]"), Err(TableError::Json { .. })));
    let broken = read_as("a.json", "{\"type\": \"FeatureCollection\",\n \"features\": [").unwrap_err().to_string();
    assert!(broken.contains("line 2"), "{broken}");
}

#[test]
fn the_crs_member() {
    let crs = |member: &str| {
        read_as("a.geojson", format!("{{\"type\":\"FeatureCollection\",\"features\":[],\"crs\":{member}}}")).unwrap().crs
    };
    assert_eq!(crs(r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}"#), None);
    assert_eq!(crs(r#"{"type":"name","properties":{"name":"EPSG:4326"}}"#).as_deref(), Some("EPSG:4326"));
    assert_eq!(crs(r#"{"type":"EPSG","properties":{"code":4490}}"#).as_deref(), Some("EPSG:4490"));
    assert_eq!(crs("null"), None);
}

#[test]
fn geojson_comes_back_as_it_went() {
    let table = read_as("a.geojson", COLLECTION).unwrap();
    let mut out = Vec::new();
    let mut writer = GeoJsonWriter::new(&mut out).unwrap();
    for row in &table.rows[..2] {
        let properties: Vec<_> = table.columns.iter().enumerate().map(|(i, name)| Property::of_cell(name, row, i)).collect();
        writer.feature(row.geometry.as_ref(), &properties).unwrap();
    }
    writer.finish().unwrap();
    let again = read_as("b.geojson", &out).unwrap();
    assert_eq!(again.columns, table.columns);
    assert_eq!(cells(&again), cells(&table)[..2]);
    assert_eq!(
        (again.rows[0].kind(1), again.rows[0].kind(4), again.rows[1].kind(5)),
        (CellKind::Number, CellKind::Json, CellKind::Bool)
    );
    assert_eq!(again.rows[0].geometry, table.rows[0].geometry);
}

#[test]
fn formulas_are_disarmed_only_where_asked() {
    for (text, written) in
        [("=1+1", "'=1+1"), ("@a", "'@a"), ("-118.3", "-118.3"), ("-x", "'-x"), ("'=1", "''=1"), ("'tis", "'tis"), ("", "")]
    {
        assert_eq!(guarded(text), written);
    }
    let mut out = Vec::new();
    let mut writer = CsvWriter::new(&mut out, Guard::None);
    writer.record(["=1+1", "a,b"]).unwrap();
    writer.finish().unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "=1+1,\"a,b\"\n");
}

proptest! {
    #[test]
    fn what_csv_writes_it_reads(rows in prop::collection::vec(prop::collection::vec("[^\u{0}]{0,12}", 3), 0..20)) {
        let mut out = Vec::new();
        let mut writer = CsvWriter::new(&mut out, Guard::None);
        writer.record(["a", "b", "c"]).unwrap();
        for row in &rows {
            writer.record(row.iter().map(String::as_str)).unwrap();
        }
        writer.finish().unwrap();
        let table = read_as("a.csv", &out).unwrap();
        prop_assert_eq!(cells(&table), rows);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), json in any::<bool>()) {
        let _ = read_as(if json { "a.geojson" } else { "a.csv" }, bytes);
    }
}
