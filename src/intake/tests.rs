//! Files as offices write them, through the readers.

use super::*;
use crate::{
    case::State,
    geometry::{BBox, Datum, LonLat},
    people::Role,
    place::{CodeScheme, FacilityKind, GridKind},
    round::{Outcome, RoundKind},
    table::{self, ReadOptions, Table},
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use std::{cell::Cell, path::Path};

fn table(name: &str, bytes: &[u8]) -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    table::read(&path, &ReadOptions::default()).unwrap()
}

fn csv(text: &str) -> Table {
    table("a.csv", text.as_bytes())
}

fn mapping(text: &str) -> Mapping {
    Mapping::parse(text, Path::new("m.toml")).unwrap()
}

fn shanghai() -> Context<'static> {
    Context::in_zone(chrono_tz::Asia::Shanghai)
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn count(report: &IntakeReport, problem: Problem) -> u64 {
    report.finding(problem).map_or(0, |finding| finding.count)
}

fn rows_of(report: &IntakeReport, problem: Problem) -> Vec<u64> {
    report.finding(problem).map(|it| it.examples.iter().filter_map(|it| it.row).collect()).unwrap_or_default()
}

const LA: &str = "\
SRNumber,CreatedDate,UpdatedDate,RequestType,Status,RequestSource,ClosedDate,Latitude,Longitude,CD\r
a,12/31/2017 11:59:58 PM,04/09/2018 09:25:28 AM,Homeless,Closed,Call,04/09/2018 09:18:35 AM,34.07,-118.26,13\r
b,12/31/2017 11:56:39 PM,01/03/2018 10:11:23 AM,Bulky,Cancelled,App,01/03/2018 10:11:23 AM,34.11,-118.19,1\r
c,12/31/2017 11:00:00 PM,01/02/2018 10:00:00 AM,Bulky,Open,App,,,,\r
d,12/31/2017 10:00:00 PM,01/02/2018 10:00:00 AM,Bulky,Referred Out,App,12/30/2017 10:00:00 AM,34.2,-118.2,2\r
e,31.12.2017,01/02/2018 10:00:00 AM,Bulky,Closed,App,,34.2,-118.2,2\r
f,12/31/2017 10:00:00 PM,01/02/2018 10:00:00 AM,Bulky,Vanished,App,,34.2,-118.2,2\r
a,12/31/2017 10:00:00 PM,01/02/2018 10:00:00 AM,Bulky,Closed,App,01/03/2018 10:11:23 AM,34.2,-118.2,2\r
";

#[test]
fn reports_of_los_angeles_through_the_mapping_that_ships() {
    let mapping = Mapping::read(Path::new("data/mappings/la311.toml")).unwrap();
    let file = csv(LA);
    let context = shanghai();
    let (reports, report) = read_reports(&file, &mapping, &context).unwrap();
    assert_eq!((report.rows, report.accepted, report.rejected_rows()), (7, 4, 3));
    assert_eq!(rows_of(&report, Problem::BadTime), [6]);
    assert_eq!(rows_of(&report, Problem::UnknownValue), [7]);
    assert_eq!(rows_of(&report, Problem::DuplicateId), [8]);
    assert_eq!(rows_of(&report, Problem::ClosedBeforeCreated), [5]);
    assert_eq!(rows_of(&report, Problem::NoCoordinates), [4]);
    let states: Vec<_> = reports.iter().map(|it| it.state).collect();
    assert_eq!(states, [State::Closed, State::Void, State::Submitted, State::Closed]);
    // The zone is the mapping's, not the area's; the close date of the cancelled one is kept as it stands.
    assert_eq!(reports[0].submitted_at, utc("2018-01-01T07:59:58Z"));
    assert_eq!(reports[1].closed_at, Some(utc("2018-01-03T18:11:23Z")));
    let events = |i: usize| reports[i].events.iter().map(|it| it.transition).collect::<Vec<_>>();
    assert_eq!((events(0), events(1)), (vec![State::Submitted, State::Closed], vec![State::Submitted, State::Void]));
    assert_eq!(events(3), [State::Closed, State::Submitted]);
    assert_eq!((reports[0].label.as_deref(), reports[2].label.as_deref()), (Some("13"), None));
    assert_eq!(ReportDraft::observed_until(&reports), Some(utc("2018-04-09T16:18:35Z")));
}

#[test]
fn reports_of_new_york_through_the_mapping_that_ships() {
    let mapping = Mapping::read(Path::new("data/mappings/nyc311.toml")).unwrap();
    let text = "\u{feff}Unique Key,Created Date,Closed Date,Complaint Type,Status,Open Data Channel Type,Community Board,Latitude,Longitude\n\
                1,10/21/18 0:00,10/21/18 0:59,Noise,Closed,PHONE,05 QUEENS,40.7,-73.8\n\
                2,10/21/18 0:01,10/21/18 2:00,Noise,Open,PHONE,0 Unspecified,40.7,-73.8\n\
                3,10/21/18 0:02,,Noise,Pending,PHONE,Unspecified BRONX,,\n";
    let file = csv(text);
    let context = shanghai();
    let (reports, report) = read_reports(&file, &mapping, &context).unwrap();
    let labels: Vec<_> = reports.iter().map(|it| it.label.as_deref()).collect();
    assert_eq!(labels, [Some("405"), None, None]);
    let states: Vec<_> = reports.iter().map(|it| it.state).collect();
    assert_eq!(states, [State::Closed, State::Closed, State::Accepted]);
    assert_eq!(rows_of(&report, Problem::StateDisagrees), [3]);
    assert_eq!(reports[0].closed_at, Some(utc("2018-10-21T04:59:00Z")));
}

#[test]
fn a_plain_office_file_needs_no_mapping() {
    let text = "工单号,类别,上报时间,结案时间,状态,经度,纬度,内容,上报人,联系电话\n\
                1,路灯,2024-02-29 08:00,2024/3/1 9:05,已结案,110.5501,29.3512,\"路灯不亮\n求修\",张三,13800000000\n\
                2,垃圾,2024-03-01 08:00,,处置中,110.5611,29.3522,,,\n";
    let (bytes, ..) = encoding_rs::GBK.encode(text);
    let file = table("报表.csv", &bytes);
    let context = shanghai();
    let (reports, report) = read_reports(&file, &Mapping::default(), &context).unwrap();
    assert_eq!((report.accepted, report.warnings.len()), (2, 0), "{}", report.text(Lang::Both));
    assert_eq!(reports[0].submitted_at, utc("2024-02-29T00:00:00Z"));
    assert_eq!(reports[0].closed_at, Some(utc("2024-03-01T01:05:00Z")));
    assert_eq!(reports[0].text.text.as_deref(), Some("路灯不亮\n求修"));
    assert_eq!(reports[0].text.reporter.as_deref(), Some("张三"));
    assert_eq!(reports[1].state, State::Handling);
    assert_eq!(report.time_formats.len(), 2);
}

#[test]
fn a_missing_column_is_named_with_its_remedy() {
    let file = csv("id,when\n1,2024-01-01\n");
    let context = shanghai();
    let error = read_reports(&file, &Mapping::default(), &context).unwrap_err().to_string();
    assert!(error.contains("category") && error.contains("\"when\"") && error.contains("[fields]"), "{error}");
    let elsewhere = mapping("[fields]\nsource = \"ID\"\ncategory = \"id\"\nsubmitted_at = \"when\"");
    let error = read_reports(&file, &elsewhere, &context).unwrap_err().to_string();
    assert!(error.contains("no column \"ID\"") && error.contains("\"id\", \"when\""), "{error}");
    let twice = csv("id,id,kind,created\n1,2,x,2024-01-01\n");
    let by_hand = mapping("[fields]\nsource = \"id\"\ncategory = \"kind\"\nsubmitted_at = \"created\"");
    assert!(matches!(read_reports(&twice, &by_hand, &context), Err(IntakeError::Column { .. })));
}

#[test]
fn mappings_for_something_else_are_refused() {
    let file = csv("id,kind,created\n1,x,2024-01-01\n");
    let context = shanghai();
    let read = |text: &str| read_reports(&file, &mapping(text), &context).unwrap_err();
    assert!(matches!(read("layer = \"visits\""), IntakeError::OtherLayer { .. }));
    assert!(matches!(read("[fields]\ncolour = \"id\""), IntakeError::UnknownField { .. }));
    assert!(matches!(read("[stages]\nvanished = \"created\""), IntakeError::UnknownStage { .. }));
    let households = read_households(&file, &mapping("[stages]\nclosed = \"created\""), &context);
    assert!(matches!(households, Err(IntakeError::NoStages(_))));
}

#[test]
fn an_open_order_of_days_and_months_is_an_error_with_an_example() {
    let context = shanghai();
    let file = |second: &str| csv(&format!("id,kind,created,closed\n1,x,03/04/2024,{second}\n"));
    let error = read_reports(&file("05/06/2024"), &Mapping::default(), &context).unwrap_err();
    assert!(matches!(&error, IntakeError::AmbiguousDates { example } if example == "03/04/2024"), "{error}");
    // Another column of the same file decides.
    let decided = file("25/04/2024");
    let (reports, _) = read_reports(&decided, &Mapping::default(), &context).unwrap();
    assert_eq!(reports[0].submitted_at, utc("2024-04-02T16:00:00Z"));
}

#[test]
fn wide_events_become_a_life() {
    let rules = mapping(
        "[fields]\nsource = \"id\"\ncategory = \"kind\"\nsubmitted_at = \"created\"\n\
         [stages]\ndispatched = \"sent\"\nhandled = \"done\"\nclosed = \"end\"\n",
    );
    let file =
        csv("id,kind,created,sent,done,end\n1,x,2024-01-01,2024-01-02,2024-01-04,2024-01-05\n2,x,2024-01-01,2024-01-02,,\n");
    let context = shanghai();
    let (reports, _) = read_reports(&file, &rules, &context).unwrap();
    let lives: Vec<Vec<_>> = reports.iter().map(|it| it.events.iter().map(|it| it.transition).collect()).collect();
    assert_eq!(lives[0], [State::Submitted, State::Dispatched, State::Handled, State::Closed]);
    assert_eq!((reports[0].state, reports[1].state), (State::Closed, State::Dispatched));
    assert_eq!(reports[0].closed_at, Some(utc("2024-01-04T16:00:00Z")));
    let early = csv("id,kind,created,sent,done,end\n1,x,2024-01-03,2024-01-02,2024-01-04,\n");
    let (_, report) = read_reports(&early, &rules, &context).unwrap();
    assert_eq!(rows_of(&report, Problem::BeforeSubmitted), [2]);
}

#[test]
fn long_and_wide_case_events() {
    let context = shanghai();
    let long =
        csv("case,transition,at,actor\n1,已派遣,2024-01-02 09:00,中心\n1,dispatched,2024-01-02 09:00,x\n1,,2024-01-03,\n");
    let (events, report) = read_case_events(&long, &Mapping::default(), &context).unwrap();
    assert_eq!(
        (events.len(), events[0].event.transition, events[0].event.actor.as_deref()),
        (1, State::Dispatched, Some("中心"))
    );
    assert_eq!((rows_of(&report, Problem::DuplicateId), rows_of(&report, Problem::MissingValue)), (vec![3], vec![4]));
    let wide = csv("id,sent,done\n1,2024-01-02,2024-01-01\n2,,\n");
    let rules = mapping("[fields]\ncase = \"id\"\n[stages]\ndispatched = \"sent\"\nhandled = \"done\"\n");
    let (events, report) = read_case_events(&wide, &rules, &context).unwrap();
    assert_eq!(events.iter().map(|it| it.event.transition).collect::<Vec<_>>(), [State::Handled, State::Dispatched]);
    assert_eq!(report.accepted, 1);
    let called = csv("编号,受理时间,派遣时间,备注\n1,2024-01-02,2024-01-03,x\n");
    let (events, _) = read_case_events(&called, &mapping("[fields]\ncase = \"编号\""), &context).unwrap();
    assert_eq!(events.iter().map(|it| it.event.transition).collect::<Vec<_>>(), [State::Accepted, State::Dispatched]);
    let neither = read_case_events(&csv("case,at\n1,2024-01-01\n"), &Mapping::default(), &context).unwrap_err();
    assert!(matches!(&neither, IntakeError::NoTransitions { .. }) && neither.to_string().contains("[stages]"), "{neither}");
}

const AREA: BBox = BBox { west: 110.0, south: 29.0, east: 111.0, north: 30.0 };

#[test]
fn coordinates_that_look_wrong_are_taken_in_and_reported() {
    let text = "户号,人口,经度,纬度\n1,3,110.5501,29.3511\n2,4,29.3511,110.5501\n3,2,112.5,29.3511\n4,1,,\n5,1,110,29\n6,1,abc,29.1\n7,1,0,0\n8,1,110.5,\n";
    let file = csv(text);
    let context = Context { area: Some(AREA), ..shanghai() };
    let (households, report) = read_households(&file, &Mapping::default(), &context).unwrap();
    assert_eq!(report.accepted, 8);
    assert_eq!(rows_of(&report, Problem::SwappedCoordinates), [3]);
    assert_eq!(rows_of(&report, Problem::OutsideArea), [4]);
    assert_eq!(rows_of(&report, Problem::NoCoordinates), [5, 8]);
    assert_eq!(rows_of(&report, Problem::TruncatedCoordinates), [6]);
    assert_eq!(rows_of(&report, Problem::BadCoordinates), [7, 9]);
    let placed: Vec<_> = households.iter().map(|it| it.location.is_some()).collect();
    assert_eq!(placed, [true, false, true, false, true, false, false, false]);
    assert_eq!(households[0].persons, Some(3));
}

#[test]
fn a_file_of_which_most_coordinates_are_no_place_is_refused() {
    let lines: Vec<String> = (0..9).map(|i| format!("{i},455940.{i},3248027.{i}")).collect();
    let file = csv(&format!("户号,经度,纬度\n{}\n", lines.join("\n")));
    let context = shanghai();
    let refused = read_households(&file, &Mapping::default(), &context).unwrap_err().to_string();
    assert!(refused.starts_with("9 of 9 coordinates are no place on earth (row 2: ") && refused.contains("--crs"), "{refused}");
}

#[test]
fn one_position_for_many_and_few_digits() {
    let lines: Vec<String> = (0..30).map(|i| format!("{i},110.55,29.35")).collect();
    let file = csv(&format!("户号,经度,纬度\n{}\n", lines.join("\n")));
    let context = shanghai();
    let (_, report) = read_households(&file, &Mapping::default(), &context).unwrap();
    assert_eq!((count(&report, Problem::IdenticalCoordinates), count(&report, Problem::TruncatedCoordinates)), (1, 30));
}

#[test]
fn what_has_not_happened_yet_is_rejected() {
    let context = Context { now: utc("2026-03-10T00:00:00Z"), ..shanghai() };
    let file =
        csv("id,kind,created,closed\n1,x,2026-03-10 12:00,\n2,x,2062-03-01,\n3,x,2026-03-01,2026-03-12\n4,x,2026-03-01,\n");
    let (reports, report) = read_reports(&file, &Mapping::default(), &context).unwrap();
    assert_eq!(reports.iter().map(|it| it.source.as_str()).collect::<Vec<_>>(), ["1", "4"]);
    let rows: Vec<_> = report.finding(Problem::InFuture).unwrap().examples.iter().map(|it| it.row).collect();
    assert_eq!(rows, [Some(3), Some(4)]);
    let events = csv("case,transition,at\n1,accepted,2062-03-01\n");
    let (events, report) = read_case_events(&events, &Mapping::default(), &context).unwrap();
    assert_eq!((events.len(), count(&report, Problem::InFuture)), (0, 1));
}

#[test]
fn a_wrong_datum_is_suspected_and_a_right_one_converted() {
    let here = LonLat::from_degrees(110.5501, 29.3511).unwrap();
    let shifted = Datum::Gcj02.from_wgs84(here);
    let file = csv(&format!("户号,lng,lat\n1,{},{}\n", shifted.lon(), shifted.lat()));
    let near = |points: &[LonLat]| {
        let is_near = |at: &LonLat| (at.lon() - here.lon()).abs() < 1e-4 && (at.lat() - here.lat()).abs() < 1e-4;
        points.iter().map(is_near).collect()
    };
    let context = Context { inside: Some(&near), ..shanghai() };
    let (_, report) = read_households(&file, &Mapping::default(), &context).unwrap();
    let suspicion = &report.finding(Problem::WrongDatum).unwrap().examples[0];
    assert!(suspicion.text.contains("--datum gcj02"), "{}", suspicion.text);
    let told = Context { datum: Some(Datum::Gcj02), ..context };
    let (households, report) = read_households(&file, &Mapping::default(), &told).unwrap();
    assert_eq!(count(&report, Problem::WrongDatum), 0);
    assert!((households[0].location.unwrap().lon() - here.lon()).abs() < 1e-9);
}

const GRIDS: &str = r#"{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"编码":"430811001011001","名称":"一网格","类型":"屋场","村社区":"430811001011","别名":"甲、乙"},
  "geometry":{"type":"Polygon","coordinates":[[[110,29],[110,29.01],[110.01,29.01],[110.01,29],[110,29]]]}},
 {"type":"Feature","properties":{"编码":"43081100101100","名称":"二网格"},
  "geometry":{"type":"Polygon","coordinates":[[[110.01,29],[110.02,29],[110.02,29.01],[110.01,29.01],[110.01,29]]]}},
 {"type":"Feature","properties":{"编码":"430811001011003","名称":"三网格"},"geometry":{"type":"Point","coordinates":[110,29]}},
 {"type":"Feature","properties":{"编码":"430811001011004","名称":"四网格"},"geometry":null},
 {"type":"Feature","properties":{"编码":"430811001011001","名称":"五网格"},
  "geometry":{"type":"Polygon","coordinates":[[[110.01,29],[110.02,29],[110.02,29.01],[110.01,29.01],[110.01,29]]]}}
]}"#;

#[test]
fn grids_with_national_codes() {
    let file = table("grids.geojson", GRIDS.as_bytes());
    let context = shanghai();
    let (grids, report) = read_grids(&file, &Mapping::default(), &context).unwrap();
    assert_eq!(report.accepted, 1, "{}", report.text(Lang::En));
    let grid = &grids[0];
    assert_eq!(grid.code.as_ref().map(|code| (code.scheme(), code.as_str())), Some((CodeScheme::CnGrid15, "430811001011001")));
    assert_eq!((grid.kind, grid.parent.as_deref()), (Some(GridKind::HouseYard), Some("430811001011")));
    assert_eq!(grid.aliases, ["甲", "乙"]);
    // 0.01° × 0.01° at 29° N, about 0.974 km × 1.108 km.
    assert!((grid.area_m2 - 1_079_000.0).abs() < 2_000.0, "{}", grid.area_m2);
    // The file's ring ran clockwise.
    let ring = grid.shape.0[0].exterior();
    assert!(geo::winding_order::Winding::is_ccw(ring));
    assert_eq!(
        [Problem::BadCode, Problem::BadGeometry, Problem::NoGeometry, Problem::DuplicateId].map(|it| rows_of(&report, it)),
        [[2], [3], [4], [5]]
    );
}

#[test]
fn nested_brackets_are_refused_as_text() {
    let deep = format!("{}POINT(1 1){}", "GEOMETRYCOLLECTION(".repeat(20_000), ")".repeat(20_000));
    let file = csv(&format!("name,wkt\nX,\"{deep}\"\nY,\"POLYGON((0 0,1 0,1 1,0 0))\"\n"));
    let (grids, report) = read_grids(&file, &Mapping::default(), &shanghai()).unwrap();
    let said = report.text(Lang::En);
    assert!(grids.len() == 1 && said.contains("brackets more than 16 deep"), "{said}");
}

#[test]
fn districts_elsewhere_have_free_codes_and_wkt() {
    let file = csv("name,wkt\nNORTHRIDGE,\"POLYGON((0 0,1 0,1 1,0 1,0 0))\"\nX,POLYGON((0 0\n");
    let context = shanghai();
    let (grids, report) = read_grids(&file, &Mapping::default(), &context).unwrap();
    assert_eq!((grids.len(), grids[0].name.as_str(), grids[0].code.is_none()), (1, "NORTHRIDGE", true));
    assert_eq!(count(&report, Problem::UnreadableRow) + count(&report, Problem::BadGeometry), 1);
    let points = csv("name,lon,lat\na,1,2\n");
    let error = read_villages(&points, &Mapping::default(), &context).unwrap_err().to_string();
    assert!(error.contains("need polygons") && error.contains("--wkt"), "{error}");
}

fn square(west: f64, east: f64) -> String {
    format!("\"POLYGON(({west} 29,{east} 29,{east} 29.01,{west} 29.01,{west} 29))\"")
}

#[test]
fn boundaries_that_overlap_leave_gaps_or_leave_their_village() {
    let lines = [
        ("一", "V1", square(110.0, 110.01)),
        ("二", "V1", square(110.009, 110.02)),
        ("三", "V2", square(110.02, 110.03)),
        ("四", "V1", "\"POLYGON((110.03 29,110.04 29.01,110.04 29,110.03 29.01,110.03 29))\"".to_owned()),
        ("五", "V1", "\"POLYGON((110 29,110.01 29,110.01 29,110 29))\"".to_owned()),
    ];
    let lines: Vec<String> = lines.iter().map(|(name, village, wkt)| format!("{name},{village},{wkt}")).collect();
    let file = csv(&format!("名称,村,wkt\n{}\n", lines.join("\n")));
    let village = geo::Rect::new((110.0, 29.0), (110.018, 29.01)).to_polygon();
    let parents =
        [ParentShape { keys: vec!["V1".to_owned(), "黄龙路".to_owned()], shape: geo::MultiPolygon(vec![village]) }];
    let context = Context { parents: &parents, ..shanghai() };
    let (grids, report) = read_grids(&file, &Mapping::default(), &context).unwrap();
    let said = report.text(Lang::Zh);
    assert_eq!(grids.len(), 4, "{said}");
    assert_eq!(rows_of(&report, Problem::BadGeometry), [6], "{said}");
    // The figure of eight is two triangles now.
    assert_eq!(rows_of(&report, Problem::GeometryRepaired), [5], "{said}");
    // 0.001° × 0.01° in both of the first two.
    let overlap = &report.finding(Problem::BoundaryOverlap).unwrap().examples[0];
    assert!(overlap.text.starts_with("一 (2) / 二 (3): 1079") && overlap.text.contains(" m² at 110.009"), "{}", overlap.text);
    assert_eq!(rows_of(&report, Problem::UnknownParent), [4]);
    assert_eq!(rows_of(&report, Problem::OutsideParent), [3, 5], "{said}");
}

#[test]
fn squares_facilities_and_devices() {
    let context = shanghai();
    let squares = csv(
        "编号,名称,避难场所,启用日期,wkt\n1,文化广场,是,2023-05-01,\"POLYGON((110 29,110.001 29,110.001 29.001,110 29.001,110 29))\"\n",
    );
    let (squares, _) = read_squares(&squares, &Mapping::default(), &context).unwrap();
    assert_eq!((squares[0].evacuation_site, squares[0].valid_from), (true, Some("2023-05-01".parse().unwrap())));
    let facilities = csv("广场,设施,状态\n1,党旗,正常\n1,监控,坏了\n1,Party flag,故障\n");
    let (facilities, report) = read_facilities(&facilities, &Mapping::default(), &context).unwrap();
    assert_eq!((facilities[0].kind, facilities[0].source.as_str()), (FacilityKind::Flag, "1/flag"));
    assert_eq!((rows_of(&report, Problem::UnknownWord), rows_of(&report, Problem::DuplicateId)), (vec![3], vec![4]));
    let devices = csv("设备编号,类型,最后在线\nc1,camera,2024-01-01 00:00\n");
    let (devices, _) = read_devices(&devices, &Mapping::default(), &context).unwrap();
    assert_eq!(devices[0].last_seen, Some(utc("2023-12-31T16:00:00Z")));
}

#[test]
fn people_and_posts() {
    let context = shanghai();
    let persons = csv("工号,姓名,手机\n1,\"李\n四\",13900000000\n2,王\u{1}五,\n");
    let (persons, report) = read_persons(&persons, &Mapping::default(), &context).unwrap();
    assert_eq!(persons[0].contact.name.as_deref(), Some("李 四"));
    assert_eq!(rows_of(&report, Problem::ControlCharacter), [3]);
    let posts = csv(
        "工号,职务,网格,任职日期,离任日期\n1,网格长,430811001011001,2024-01-01,\n1,Grid Worker,,2024-02-29,2024-02-01\n2,centre,,2023-02-29,\n",
    );
    let (posts, report) = read_posts(&posts, &Mapping::default(), &context).unwrap();
    assert_eq!((posts.len(), posts[0].role, posts[0].place.as_deref()), (1, Role::Leader, Some("430811001011001")));
    assert_eq!((rows_of(&report, Problem::EndsBeforeStart), rows_of(&report, Problem::BadTime)), (vec![3], vec![4]));
}

#[test]
fn visits_activities_and_patrols() {
    let context = shanghai();
    let visits = csv(
        "户号,走访时间,结果,人员\n1,2024-01-12 09:00,外出,7\n1,2024-01-12 09:00,visited,7\n2,2024-01-12 10:00,,\n3,2024-01-12 10:00,held,\n",
    );
    let (visits, report) = read_visits(&visits, &Mapping::default(), &context).unwrap();
    let outcomes: Vec<_> = visits.iter().map(|it| (it.kind, it.outcome)).collect();
    assert_eq!(outcomes, [(RoundKind::Visit, Outcome::Absent), (RoundKind::Visit, Outcome::Visited)]);
    assert_eq!((rows_of(&report, Problem::DuplicateId), rows_of(&report, Problem::UnknownWord)), (vec![3], vec![5]));
    assert_eq!(visits[0].source, "1/monthly-visit/2024-01-12T01:00:00.000Z");
    let activities = csv("广场,活动,时间,参加人数\n1,太极,2024-01-12 19:00,\"1,200\"\n1,太极,2024-01-13 19:00,-3\n");
    let (activities, report) = read_activities(&activities, &Mapping::default(), &context).unwrap();
    assert_eq!((activities[0].attendance, activities[0].outcome), (Some(1200), Outcome::Held));
    assert_eq!(rows_of(&report, Problem::NotANumber), [3]);
    let patrols = csv("网格,巡查时间\nG1,2024-01-12 08:00\n");
    assert_eq!(read_patrols(&patrols, &Mapping::default(), &context).unwrap().0[0].outcome, Outcome::Done);
}

#[test]
fn what_exports_put_before_formulas_comes_off_again() {
    let file = csv("工号,姓名\n1,'=SUM(A1)\n2,''=x\n3,'tis\n");
    let context = shanghai();
    let (persons, _) = read_persons(&file, &Mapping::default(), &context).unwrap();
    let names: Vec<_> = persons.iter().map(|it| it.contact.name.clone().unwrap()).collect();
    assert_eq!(names, ["=SUM(A1)", "'=x", "'tis"]);
    for (name, file) in names.iter().zip(["'=SUM(A1)", "''=x", "'tis"]) {
        assert_eq!(table::guarded(name), file);
    }
}

#[test]
fn texts_are_bounded_and_progress_is_told() {
    let long = "长".repeat(201);
    let file = csv(&format!("工号,姓名\n1,{long}\n2,好\n"));
    let last = Cell::new(0);
    let progress = |done| last.set(done);
    let context = Context { progress: &progress, ..shanghai() };
    let (persons, report) = read_persons(&file, &Mapping::default(), &context).unwrap();
    assert_eq!((persons.len(), rows_of(&report, Problem::TooLong), last.get()), (1, vec![2], 2));
}

#[test]
fn the_report_reads_in_both_languages_and_as_json() {
    let file = csv(LA);
    let mapping = Mapping::read(Path::new("data/mappings/la311.toml")).unwrap();
    let context = shanghai();
    let (_, report) = read_reports(&file, &mapping, &context).unwrap();
    let text = report.text(Lang::Both);
    assert!(text.contains("接收 accepted: 4") && text.contains("1 × 标识重复 an id that an earlier row has"), "{text}");
    assert!(text.contains("行 row 8: a: row 2 has it"), "{text}");
    assert!(!report.text(Lang::Zh).contains("accepted") && !report.text(Lang::En).contains("接收"));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!((&json["layer"], &json["rejected"][0]["count"]), (&"reports".into(), &1.into()));
    assert!(
        json["rejected"].as_array().unwrap().iter().any(|it| it["problem"] == "duplicate_id" && it["examples"][0]["row"] == 8)
    );
}

proptest! {
    #[test]
    fn every_row_is_accepted_or_rejected(cells in prop::collection::vec(prop::collection::vec("[-0-9a-z,. \"\u{0}一]{0,8}", 4), 0..30)) {
        let mut out = Vec::new();
        let mut writer = table::CsvWriter::new(&mut out, table::Guard::None);
        writer.record(["户号", "人口", "经度", "纬度"]).unwrap();
        for row in &cells {
            writer.record(row.iter().map(String::as_str)).unwrap();
        }
        writer.finish().unwrap();
        let file = table("a.csv", &out);
        let context = Context { area: Some(AREA), ..shanghai() };
        let read = read_households(&file, &Mapping::default(), &context);
        if matches!(read, Err(IntakeError::NoPlaces { .. })) {
            return Ok(());
        }
        let (households, report) = read.unwrap();
        prop_assert_eq!(report.accepted, households.len() as u64);
        prop_assert_eq!(report.rows, report.accepted + report.rejected_rows());
    }
}

/// Straight in the plane is not straight in degrees: 59 km along a parallel of the grid are 40 m apart in the middle.
#[test]
fn projected_borders_stay_where_the_plane_has_them() {
    let wkt = "POLYGON((470000 3240000,529000 3240000,529000 3250000,470000 3250000,470000 3240000))";
    let file = csv(&format!("name,wkt\nA,\"{wkt}\"\n"));
    let context = Context { crs: Some("EPSG:4547".to_owned()), ..shanghai() };
    let (villages, _) = read_villages(&file, &Mapping::default(), &context).unwrap();
    let crs = crate::geometry::Crs::from_epsg(4547).unwrap();
    let inside = |x: f64, y: f64| {
        let at = crs.to_lonlat(x, y).unwrap();
        geo::Contains::contains(&villages[0].shape, &at.to_point())
    };
    for k in 1..=58 {
        let x = 470_000.0 + 1_000.0 * f64::from(k);
        assert!(inside(x, 3_240_000.01) && !inside(x, 3_239_999.99), "{x}");
        assert!(inside(x, 3_249_999.99) && !inside(x, 3_250_000.01), "{x}");
    }
}
