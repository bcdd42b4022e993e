use super::*;
use clap::Parser;
use std::fs;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

const GRIDS: &str = r#"{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"id":1},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}},
 {"type":"Feature","properties":{"id":2},"geometry":{"type":"Polygon","coordinates":[[[1,0],[2,0],[2,1],[1,1],[1,0]]]}},
 {"type":"Feature","properties":{"id":3},"geometry":{"type":"Polygon","coordinates":[[[1.5,0],[2,0],[2,1],[1.5,1],[1.5,0]]]}},
 {"type":"Feature","properties":{"id":4},"geometry":{"type":"Point","coordinates":[0,0]}}
]}"#;
const POINTS: &str =
    "grid,x,经度,纬度\nA,1,0.5,0.5\nB,2,1,0.5\nC,3,1.7,0.5\nD,4,,\nE,5,0.5,-0.0001\nF,6,five,0.5\nG,7\nH,8,50,50\n";

/// Runs the command on files with these contents; returns what it wrote.
fn assign(points: &str, out: &str, flags: &[&str]) -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("grids.geojson"), GRIDS)?;
    fs::write(path("points.csv"), points)?;
    let files =
        ["assign", "--grids", &path("grids.geojson"), "--grid-id", "id", "--points", &path("points.csv")].map(str::to_owned);
    let line = files.into_iter().chain(["--out".to_owned(), path(out)]).chain(flags.iter().map(|&flag| flag.to_owned()));
    crate::cli::wait_for(run(&Line::try_parse_from(line)?.args))?;
    anyhow::ensure!(fs::read_dir(folder.path())?.count() == 3, "something was left behind");
    Ok(fs::read_to_string(path(out))?)
}

#[test]
fn every_row_comes_out_again_in_order() {
    let out = assign(POINTS, "out.csv", &[]).unwrap();
    let lines: Vec<Vec<&str>> = out.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines[0], ["input_grid", "x", "经度", "纬度", "grid", "candidates", "nearest", "border_m", "status"]);
    assert_eq!(lines.iter().skip(1).map(|it| it[0]).collect::<Vec<_>>(), ["A", "B", "C", "D", "E", "F", "G", "H"]);
    let tail = |i: usize| (lines[i][4], lines[i][5], lines[i][6], lines[i][8]);
    assert_eq!(tail(1), ("1", "1", "", "inside"));
    // On a shared border: the polygon east of it.
    assert_eq!((tail(2), lines[2][7]), (("2", "2", "", "inside"), "0.000"));
    assert_eq!(tail(3), ("3", "2;3", "", "overlap"));
    assert_eq!(tail(5), ("", "", "1", "near"));
    assert!((lines[5][7].parse::<f64>().unwrap() - 11.057).abs() < 0.01, "{}", lines[5][7]);
    for i in [4, 6, 7] {
        assert_eq!(tail(i), ("", "", "", "no_position"), "{i}");
    }
    assert_eq!(tail(8), ("", "", "", "outside"));
}

#[test]
fn geojson_out_keeps_the_rows_and_their_order() {
    let out = assign(POINTS, "out.geojson", &["--label", "x", "--tolerance-m", "5"]).unwrap();
    let json: Value = serde_json::from_str(&out).unwrap();
    let features = json["features"].as_array().unwrap();
    assert_eq!(features.len(), 8);
    assert_eq!(features[0]["geometry"], serde_json::json!({"type": "Point", "coordinates": [0.5, 0.5]}));
    assert_eq!((&features[3]["geometry"], &features[3]["properties"]["grid"]), (&Value::Null, &Value::Null));
    assert!(features[0]["properties"]["border_m"].is_f64());
    assert_eq!(features[4]["properties"]["status"], "outside");
}

#[test]
fn mistakes_are_told_before_anything_is_written() {
    let fails = |points: &str, out: &str, flags: &[&str]| format!("{:#}", assign(points, out, flags).unwrap_err());
    assert!(fails(POINTS, "out.xlsx", &[]).contains("the ending must be"));
    assert!(fails("a,b\n1,2\n", "out.csv", &[]).contains("--lon and --lat"));
    assert!(fails(POINTS, "out.csv", &["--label", "nope"]).contains("no column \"nope\""));
    assert!(fails(POINTS, "out.csv", &["--lon", "x"]).contains("--lat"));
    assert!(fails(POINTS, "out.csv", &["--tolerance-m", "nan"]).contains("metres"));
}
